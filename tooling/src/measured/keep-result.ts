/**
 * Puts the result of a measuring program into `results/`, where the figures in documents come from:
 * `node tooling/src/measured/keep-result.ts demo` runs the program, `node tooling/src/measured/keep-result.ts demo printed.json` takes what it printed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../result.ts'
import { command } from '../steps.ts'
import type { CommittedResult } from './results.ts'

/** A program whose result is kept. */
export interface Measurement {
  /** What makes the result, as it is written in documents. */
  readonly command: string
  /** Raw figures that no document shows, by the name under `figures`. @defaultValue none */
  readonly left?: readonly string[]
}

/** By the name of the file in `results/`, but for benches: `bench-core` is made by `npm run bench -- core --json`, and so on. */
const measurements: Readonly<Record<string, Measurement>> = {
  demo: { command: 'npm run demo -- --json', left: ['attemptsPerSecond'] },
  installs: { command: 'npm run build >&2 && node --conditions=source tooling/src/installs.ts --all --json' },
  'shop-baseline': { command: 'npm run shop -- --plain --json', left: ['perSecond'] },
  trial: { command: 'npm run trial -- --scenes nightly --json' },
  'trial-grpc': { command: 'npm run trial -- --protocol grpc --scenes nightly --json' },
  'api-server-costs': { command: 'npm run test:cluster -- --json cost.cluster', left: ['facts', 'rules'] },
  packages: { command: 'npm run build >&2 && node --conditions=source tooling/src/measured/measure-packages.ts' },
}

/** The document as it is kept: with its command, without what is left out. */
export function kept(name: string, printed: Result & Partial<CommittedResult>): CommittedResult {
  const { command: usual, left = [] } = measurementOf(name)
  // A program that was called otherwise than usual says how.
  const { command: made = usual, checks, environment, figures } = printed
  const shown = Object.entries(figures).filter(([figure]) => !left.includes(figure))
  return { command: made, environment, checks, figures: Object.fromEntries(shown) }
}

function measurementOf(name: string): Measurement {
  const [, bench] = /^bench-([a-z0-9-]+)$/.exec(name) ?? []
  const measurement = bench === undefined ? measurements[name] : { command: `npm run bench -- ${bench} --json` }
  if (measurement === undefined)
    throw new Error(`${name} (expected: bench-… or ${Object.keys(measurements).join(', ')})`)
  return measurement
}

/** What the program prints; npm's own lines go elsewhere with --silent. A failed check is part of a result and no reason to lose it. */
function printedBy(root: string, name: string): string {
  const words = measurementOf(name).command.replaceAll('npm run', 'npm run --silent')
  const { ok, output } = command('sh', ['-c', `${words} 2>/dev/null`], { directory: root })
  if (!ok) process.stderr.write(`${name}: not every check is ok, or the program failed\n`)
  return output
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../../..')
  const [name = '', file] = process.argv.slice(2)
  const printed = JSON.parse(file === undefined ? printedBy(root, name) : readFileSync(file, 'utf8')) as Result
  const path = join(root, 'results', `${name}.json`)
  writeFileSync(path, `${JSON.stringify(kept(name, printed), undefined, 2)}\n`)
  const formatted = command(join(root, 'node_modules/.bin/biome'), ['format', '--write', path])
  if (!formatted.ok) throw new Error(formatted.output)
}
