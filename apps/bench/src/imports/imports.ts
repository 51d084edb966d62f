/**
 * What importing costs: each entry of each package, as it is published, and undici for scale, in interleaved rounds of fresh processes.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Check } from '@evenkeel/tooling/result'
import { runChild } from '../child.ts'
import { type Findings, intervalBars } from '../findings.ts'
import { differencesOf, measureInRounds, type Rounds, ratiosOf, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate, median } from '../statistics.ts'
import type { ImportCost } from './probe.ts'

const packagesFolder = join(import.meta.dirname, '../../../../packages')
const baseline = 'undici'
const core = '@evenkeel/core'
// The bound that the project set itself: not noticed beside the 30 to 40 ms in which Node itself starts.
const mostMs = 5
const resolver = '@evenkeel/k8s-watch-resolver'
// Above undici, which it needs and which is there anyway.
const mostResolverMs = 10
const mostResolverKb = 3_000

/** Needs a build. @throws Error that says so */
export async function measureImports({ rounds }: { readonly rounds: number }, signal: AbortSignal): Promise<Findings> {
  const entries = entriesOf(packagesFolder)
  const measure = (specifier: string): Promise<ImportCost> =>
    runChild({
      module: new URL('probe.ts', import.meta.url),
      task: { specifier },
      packages: 'built',
      nodeOptions: ['--expose-gc'],
      signal,
    })
  const subjects = [baseline, ...entries]
  // Files come from the system's cache then, for all alike.
  for (const subject of subjects) await measure(subject)
  return judgeImports(await measureInRounds({ subjects, rounds, measure, signal }))
}

/** Every entry that a package's manifest lets users import. @throws Error if one is not built */
export function entriesOf(folder: string): readonly string[] {
  return globSync('*/package.json', { cwd: folder })
    .sort()
    .flatMap((path) => {
      const { name, exports } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
        readonly name: string
        readonly exports: Readonly<Record<string, string | { readonly default: string }>>
      }
      return Object.entries(exports).flatMap(([entry, target]) => {
        if (typeof target === 'string') return []
        const file = join(folder, path, '..', target.default)
        if (!existsSync(file)) throw new Error(`${file} is missing (expected: npm run build before this bench)`)
        return [join(name, entry)]
      })
    })
}

/** Medians over processes; the ratio to undici is taken inside a round. */
export function judgeImports(rounds: Rounds<ImportCost>): Findings {
  const { version } = createRequire(import.meta.url)('undici/package.json') as { readonly version: string }
  const compared = [...rounds.keys()].map((entry) => ({
    entry,
    subject: entry === baseline ? `undici ${version}` : entry,
    time: estimate(valuesOf(rounds, entry, ({ importMs }) => importMs)),
    heap: estimate(valuesOf(rounds, entry, ({ heapKb }) => heapKb)),
    ratio: estimate(ratiosOf(rounds, { subject: entry, baseline }, ({ importMs }) => importMs)),
  }))
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  return {
    checks: [
      ...roundsChecks('import', rounds),
      coreCheck(compared.find(({ entry }) => entry === core)?.time),
      ...resolverChecks(rounds),
    ],
    figures: { rounds: Object.fromEntries(rounds), compared },
    panels: [
      { ...panel, title: 'Time to import, ms', rows: compared.map(({ subject, time }) => ({ subject, ...time })) },
      { ...panel, title: 'Heap kept, kB', rows: compared.map(({ subject, heap }) => ({ subject, ...heap })) },
    ],
    tables: [
      {
        title: 'One import in a fresh process, built; ratio to undici of the same round',
        rows: compared.map(({ subject, time, heap, ratio }) => ({
          entry: subject,
          ms: time.median,
          '95 % interval': `${time.low.toFixed(2)} to ${time.high.toFixed(2)}`,
          'heap kB': heap.median,
          'median ratio': ratio.median,
        })),
      },
    ],
  }
}

function coreCheck(time: Estimate | undefined): Check {
  const { median } = time ?? { median: Number.NaN }
  return {
    id: 'import.core',
    claim: `importing ${core}, built, takes at most ${mostMs} ms (median of fresh processes)`,
    expected: `<= ${mostMs}`,
    got: Number.isNaN(median) ? null : median,
    unit: 'ms',
    ok: median <= mostMs,
  }
}

/** The difference to undici is taken inside a round. */
function resolverChecks(rounds: Rounds<ImportCost>): readonly Check[] {
  const above = (read: (cost: ImportCost) => number): number =>
    median(differencesOf(rounds, { subject: resolver, baseline }, read))
  const bound = (id: string, what: string, got: number, most: number, unit: string): Check => ({
    id: `import.k8s-watch-resolver.${id}`,
    claim: `importing ${resolver}, built, ${what} at most ${most} ${unit} above undici (median of the rounds)`,
    expected: `<= ${most}`,
    got: Number.isNaN(got) ? null : got,
    unit,
    ok: got <= most,
  })
  return [
    bound(
      'time',
      'takes',
      above(({ importMs }) => importMs),
      mostResolverMs,
      'ms',
    ),
    bound(
      'heap',
      'keeps',
      above(({ heapKb }) => heapKb),
      mostResolverKb,
      'kB',
    ),
  ]
}
