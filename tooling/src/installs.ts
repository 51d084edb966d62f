/**
 * Proves that the packages install into every kind of project: packs them once, makes each project in an empty folder, installs, builds and runs it.
 *
 * `node --conditions=source tooling/src/installs.ts [--kind NAME ...] [--all] [--json]` after a build. Without a kind it tries those of every commit.
 * Tools come from the npm cache where it has them. With `--json` the result stands on standard output and the rest on standard error.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Kind } from './installs/kind.ts'
import { chooseKinds } from './installs/kinds.ts'
import { visiting } from './installs/program.ts'
import { type Goods, tryProject } from './installs/project.ts'
import { installsResult, type Tried } from './installs/report.ts'
import { installNode } from './packed/consumer.ts'
import { packAll } from './packed/tarballs.ts'
import { printResult } from './result.ts'
import { runSteps } from './steps.ts'

// Two cores are what CI and most laptops can spare.
const atOnce = 2
const { values } = parseArgs({
  options: { kind: { type: 'string', multiple: true }, all: { type: 'boolean' }, json: { type: 'boolean' } },
})
const { kind: names = [], all = false, json = false } = values
const root = join(import.meta.dirname, '../..')
const chosen = chooseKinds(names, all ? 'all' : 'commit')
// One document on standard output, and nothing else.
if (json) console.log = console.error
const directory = mkdtempSync(join(tmpdir(), 'installs-'))

try {
  const goods: Goods = { tarballs: packAll(root, directory), peers: peersOf(root), program: visiting }
  const nodes = new Map<string, string>()
  const tried: Tried[] = []
  // The longest kinds stand late in the table; begun first, they leave no lane idle at the end.
  const steps = chosen.toReversed().map((kind) => ({
    name: kind.name,
    run: async () => {
      const one = await tryKind(kind, goods, nodes)
      tried.push(one)
      return one.trial
    },
  }))
  if (!(await runSteps(steps, { atOnce }))) process.exitCode = 1
  if (json)
    printResult(installsResult(tried.sort((one, other) => chosen.indexOf(one.kind) - chosen.indexOf(other.kind))))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function tryKind(kind: Kind, goods: Goods, nodes: Map<string, string>): Promise<Tried> {
  const startedAt = performance.now()
  const node = nodeOf(kind, nodes)
  const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const trial = await tryProject(kind, goods, directory, node)
  return { kind, trial, nodeVersion, seconds: (performance.now() - startedAt) / 1_000 }
}

/** Installed once for each version. */
function nodeOf({ node: version }: Kind, nodes: Map<string, string>): string {
  if (version === undefined) return process.execPath
  const path = nodes.get(version) ?? installNode(directory, version)
  nodes.set(version, path)
  return path
}

/** The version that the repository itself is tested with. */
function peersOf(home: string): Goods['peers'] {
  const { devDependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return { undici: devDependencies.undici }
}
