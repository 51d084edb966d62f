import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The reasons that must stand in the message, by ban. */
const reasons = {
  clock: 'Only clock.ts touches real time',
  randomness: 'Only random.ts draws real randomness',
  falsyDefault: "`||` with a literal replaces 0, '' and false too",
  defaultExport: 'A default export has a different name in every file',
  enum: 'An enum is not erasable',
  environment: 'The environment is read only in a file named environment.ts and in apps',
} as const

type Ban = keyof typeof reasons

/** Planted errors: the code, in a file of a package unless `path` says otherwise. */
const banned: readonly (readonly [ban: Ban, code: string, path?: string])[] = [
  ['clock', 'export const at = Date.now()'],
  ['clock', 'export const at = new Date()'],
  ['clock', 'export const at = Date()'],
  ['clock', 'export const at = performance.now()'],
  ['clock', 'export const at = globalThis.performance.now()'],
  ['clock', 'export const at = process.hrtime.bigint()'],
  ['clock', 'setTimeout(() => {}, 1)'],
  ['clock', 'setInterval(() => {}, 1)'],
  ['clock', 'setImmediate(() => {})'],
  ['clock', 'export const start = setTimeout'],
  ['clock', 'globalThis.setTimeout(() => {}, 1)'],
  ['clock', 'export const signal = AbortSignal.timeout(1)'],
  ['clock', "import { setTimeout as wait } from 'node:timers/promises'\nawait wait(1)"],
  ['clock', "import { setTimeout as start } from 'node:timers'\nstart(() => {}, 1)"],
  ['clock', "import { performance as real } from 'node:perf_hooks'\nreal.now()"],
  ['randomness', 'export const chance = Math.random()'],
  ['randomness', 'export const draw = Math.random'],
  ['randomness', 'export const id = crypto.randomUUID()'],
  ['randomness', 'export const chance = Math.random()', 'packages/core/src/planted.test.ts'],
  ['falsyDefault', 'export const take = (given?: number): number => given || 1'],
  ['falsyDefault', 'export const take = (given?: number): number => given || -1'],
  ['falsyDefault', "export const take = (given?: string): string => given || 'a'"],
  ['falsyDefault', 'export const take = (given?: string): string => given || `a`'],
  ['falsyDefault', 'export const take = (given?: string[]): string[] => given || []'],
  ['falsyDefault', 'export const take = (given?: object): object => given || {}'],
  ['falsyDefault', 'export const take = (given?: object): object | null => given || null'],
  ['falsyDefault', 'export let taken = 0\ntaken ||= 1'],
  ['falsyDefault', 'export const take = (given?: number): number => given || 1', 'apps/demo/src/planted.ts'],
  ['defaultExport', 'export default 1'],
  ['defaultExport', 'export default function planted(): void {}'],
  ['defaultExport', 'export default class Planted {}'],
  ['defaultExport', 'const planted = 1\nexport { planted as default }'],
  ['defaultExport', "export { default } from './other.ts'"],
  ['defaultExport', 'export default 1', 'apps/demo/src/planted.ts'],
  ['enum', 'export enum Planted {\n  A,\n}'],
  ['enum', 'export const enum Planted {\n  A,\n}'],
  ['environment', 'export const home = process.env.HOME'],
  ['environment', "export const home = process['env']['HOME']"],
  ['environment', 'export const { env } = process'],
  ['environment', "import { env } from 'node:process'\nexport const home = env.HOME"],
]

/** What the bans leave alone, so that none of them is obeyed by accident of being too wide. */
const allowed: readonly (readonly [code: string, path?: string])[] = [
  ['export const at = performance.now()\nsetTimeout(() => {}, 1)', 'packages/core/src/clock.ts'],
  ['export const chance = Math.random()', 'packages/core/src/random.ts'],
  ['export const home = process.env.HOME', 'packages/core/src/discovery/resolver/environment.ts'],
  ['export const home = process.env.HOME\nsetTimeout(() => {}, 1)', 'apps/demo/src/planted.ts'],
  ['setTimeout(() => {}, 1)', 'packages/core/src/planted.test.ts'],
  ['export default {}', 'packages/core/tsup.config.ts'],
  ['export const parse = (text: string): number => Date.parse(text)'],
  ['export const write = (at: number): string => new Date(at).toUTCString()'],
  ['export const either = (a: boolean, b: boolean): boolean => a || b'],
  ['export const take = (given?: number): number => given ?? 1'],
  ['export const run = (setTimeout: () => void): void => setTimeout()'],
  ['export const { pid } = process'],
]

const root = join(import.meta.dirname, '../../..')
/** What biome printed about each planted file, by path; a file without errors is missing. */
const printed = new Map<string, string>()
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lint-bans-'))
  // The real configuration; only the reading of .gitignore needs a checkout.
  const { vcs: _vcs, $schema: _schema, ...configuration } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  plant('biome.json', JSON.stringify(configuration))
  cpSync(join(root, 'tooling/lint'), join(directory, 'tooling/lint'), { recursive: true })
  for (const [index, [, code, path]] of banned.entries()) plant(placeOf('banned', index, path), code)
  for (const [index, [code, path]] of allowed.entries()) plant(placeOf('allowed', index, path), code)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--colors=off',
      '--max-diagnostics=none',
      '--diagnostic-level=error',
    ],
    { cwd: directory, encoding: 'utf8' },
  )
  // Every planted file was read, beside the configuration and the plugins themselves.
  const plugins = readdirSync(join(directory, 'tooling/lint')).length
  expect(stdout + stderr).toContain(`Checked ${banned.length + allowed.length + 1 + plugins} files`)
  for (const block of stderr.split(/^(?=(?:packages|apps)\/)/m)) {
    const path = block.slice(0, block.search(/[: ]/))
    printed.set(path, (printed.get(path) ?? '') + block)
  }
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(banned.map(([ban, code, path], index) => ({ ban, code, path, index })))(
  'the $ban ban stops `$code` and says why',
  ({ ban, path, index }) => {
    expect(printed.get(placeOf('banned', index, path))).toContain(reasons[ban])
  },
)

test.each(allowed.map(([code, path], index) => ({ code, path, index })))('no ban stops `$code`', ({ path, index }) => {
  expect(printed.get(placeOf('allowed', index, path))).toBeUndefined()
})

/** A package or app of its own for each planted file, so that names like clock.ts do not meet. */
function placeOf(kind: 'banned' | 'allowed', index: number, path = 'packages/core/src/planted.ts'): string {
  return path.replace(/^(packages|apps)\/[^/]+/, `$1/${kind}-${index}`)
}

function plant(path: string, code: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), `${code}\n`)
}
