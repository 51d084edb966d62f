import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { command } from '../steps.ts'
import type { Kind, Program } from './kind.ts'
import { commonJs, esModules } from './kinds/plain.ts'
import { typescript } from './kinds/typescript.ts'
import { type Trial, tryProject } from './project.ts'

let directory = ''

// An install is a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 })

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'installs-test-'))
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

// The compiler of the repository, so that nothing is asked of a registry.
const compiler = { path: join(import.meta.dirname, '../../../node_modules/.bin/tsc') }
const nodeNext = typescript('7', 'nodenext', compiler)
const bundler = typescript('7', 'bundler', compiler)

const program: Program = {
  text: `declare const console: { log(text: string): void }
import { answer } from 'planted'
export async function visit(): Promise<string> {
  return \`the answer is \${answer.toFixed(0)}\`
}
`,
  says: 'the answer is 42',
}

/** As ours are built: ES modules, and CommonJS below `cjs`. */
const sound: Readonly<Record<string, string>> = {
  'dist/index.js': 'export const answer = 42\n',
  'dist/index.d.ts': 'export declare const answer: number\n',
  'dist/cjs/index.js': 'exports.answer = 42\n',
  'dist/cjs/index.d.ts': 'export declare const answer: number\n',
  'dist/cjs/package.json': '{ "type": "commonjs" }',
}
const soundExports = {
  'module-sync': { types: './dist/index.d.ts', default: './dist/index.js' },
  require: { types: './dist/cjs/index.d.ts', default: './dist/cjs/index.js' },
  types: './dist/index.d.ts',
  default: './dist/index.js',
}

test.each([esModules, commonJs, nodeNext, bundler])('a sound package passes $name', async (kind) => {
  const { ok, output } = await trial(kind, sound)
  expect(output).toContain('the answer is 42')
  expect(ok).toBe(true)
})

test('types that are wrong fail the compiler, with file and error, and no JavaScript', async () => {
  const wrong = { ...sound, 'dist/index.d.ts': 'export declare const answer: string\n' }
  const { ok, output } = await trial(nodeNext, wrong)
  expect(ok).toBe(false)
  expect(output).toMatch(/src\/visit\.mts.*Property 'toFixed' does not exist on type 'string'/)
  expect((await trial(esModules, wrong)).ok).toBe(true)
})

test('types that are wrong for CommonJS alone fail the compiler', async () => {
  const { ok, output } = await trial(
    nodeNext,
    { ...sound, 'dist/cjs/index.d.ts': 'export declare const answers: number\n' },
    {
      require: soundExports.require,
      types: soundExports.types,
      default: soundExports.default,
    },
  )
  expect(ok).toBe(false)
  expect(output).toMatch(/src\/visit\.cts.*has no exported member.*'answer'/)
})

test('declarations that do not compile by themselves fail the compiler', async () => {
  const { ok, output } = await trial(bundler, { ...sound, 'dist/index.d.ts': "export { answer } from './gone.ts'\n" })
  expect(ok).toBe(false)
  expect(output).toMatch(/node_modules\/planted\/dist\/index\.d\.ts.*Cannot find module '\.\/gone\.ts'/)
})

test('a file that was not packed is named', async () => {
  const { 'dist/index.js': _, ...others } = sound
  const { ok, output } = await trial(esModules, others)
  expect(ok).toBe(false)
  expect(output).toMatch(/^node main\.mjs\n/)
  expect(output).toMatch(/Cannot find module '.*planted\/dist\/index\.js'/)
})

test('a package that needs the condition source cannot be imported', async () => {
  const files = { ...sound, 'src/index.ts': 'export const answer: number = 42\n' }
  const { ok, output } = await trial(esModules, files, { source: './src/index.ts' })
  expect(ok).toBe(false)
  expect(output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
})

test('a package without CommonJS fails where Node may not require an ES module', async () => {
  const { types, default: file } = soundExports
  const { ok, output } = await trial(commonJs, sound, { types, default: file })
  expect(ok).toBe(false)
  expect(output).toMatch(/^node --no-experimental-require-module main\.cjs\n/)
  expect(output).toContain('ERR_REQUIRE_ESM')
})

test('a program that says something else fails, with what was expected', async () => {
  const { ok, output } = await trial(esModules, { ...sound, 'dist/index.js': 'export const answer = 41\n' })
  expect(ok).toBe(false)
  expect(output).toContain('the answer is 41')
  expect(output).toContain('(expected: the answer is 42)')
})

test('an install script does not run', async () => {
  const { ok } = await trial(esModules, sound, soundExports, { scripts: { postinstall: 'exit 1' } })
  expect(ok).toBe(true)
})

test('a project that would run on another Node than it says fails, whatever the program says', async () => {
  const gone = join(directory, 'gone/bin/node')
  const { ok, output } = await trial(esModules, sound, soundExports, {}, gone)
  expect(ok).toBe(false)
  expect(output).toContain(`(expected: ${gone})`)
})

test('a tarball that is missing fails the install', async () => {
  const tarballs = [{ name: 'planted', path: join(directory, 'no-such.tgz') }]
  const { ok, output } = await tryProject(esModules, { tarballs, peers: {}, program }, place(), process.execPath)
  expect(ok).toBe(false)
  expect(output).toMatch(/^npm install\n/)
  expect(output).toContain('no-such.tgz')
})

let places = 0

function place(): string {
  return join(directory, String(places++))
}

function trial(
  kind: Kind,
  files: object,
  exports: object = soundExports,
  more: object = {},
  node: string = process.execPath,
): Promise<Trial> {
  const home = place()
  const manifest = { name: 'planted', version: '1.0.0', type: 'module', exports: { '.': exports }, ...more }
  for (const [path, text] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) })) {
    mkdirSync(dirname(join(home, 'package', path)), { recursive: true })
    writeFileSync(join(home, 'package', path), text)
  }
  const packed = command('tar', ['-czf', 'planted.tgz', 'package'], { directory: home })
  if (!packed.ok) throw new Error(packed.output)
  const tarballs = [{ name: 'planted', path: join(home, 'planted.tgz') }]
  return tryProject(kind, { tarballs, peers: {}, program }, home, node)
}
