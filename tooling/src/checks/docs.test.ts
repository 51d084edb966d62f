import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDocs } from './docs.ts'

// A checkout with one built package, which exports the number `one`, and a README that is right.
let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-docs-test-'))
  const target = {
    source: './src/index.ts',
    require: { types: './dist/cjs/index.d.ts', default: './dist/cjs/index.js' },
    types: './dist/index.d.ts',
    default: './dist/index.js',
  }
  plant(
    'packages/core/package.json',
    JSON.stringify({ name: '@evenkeel/core', type: 'module', exports: { '.': target } }),
  )
  // What the source says differs from what is built, so that using it would show.
  plant('packages/core/src/index.ts', "export const one: string = 'source'\n")
  plant('packages/core/dist/index.d.ts', 'export declare const one: number\n')
  plant('packages/core/dist/index.js', 'export const one = 1\n')
  plant('packages/core/dist/cjs/package.json', '{ "type": "commonjs" }\n')
  plant('packages/core/dist/cjs/index.d.ts', 'export declare const one: number\n')
  plant('packages/core/dist/cjs/index.js', 'exports.one = 1\n')
  plant('README.md', fence('ts', "import { one } from '@evenkeel/core'\nexport const two: number = one + 1\n"))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('examples that hold are passed, with the types and the code that were built', async () => {
  plant('docs/guide.md', `${fence('ts run', printOne)}\nprints\n\n${fence('text', '1\n')}`)
  plant(
    'docs/plain.md',
    fence('cjs run', "const { one } = require('@evenkeel/core')\nif (one !== 1) process.exit(1)\n"),
  )
  plant('packages/core/README.md', fence('js', "import { one } from '@evenkeel/core'\nexport const two = one + 1\n"))
  plant('apps/demo/README.md', fence('ts fails a number is no text', 'export const one: string = 1\n'))
  expect(await checkDocs(root)).toEqual({ ok: true, output: '' })
})

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'packages/core/README.md',
  'apps/demo/README.md',
  'docs/migrating/other.md',
])('an error of types in %s is told with its line there', async (path) => {
  plant(path, `# title\n\n${fence('ts', "import { one } from '@evenkeel/core'\n\nexport const two: string = one\n")}`)
  expect(await checkDocs(root)).toEqual({
    ok: false,
    output: `${path}:6: TS2322: Type 'number' is not assignable to type 'string'.\n`,
  })
})

test.each(['docs/CHANGELOG.md', 'decisions/why.md', 'packages/core/api.md'])('%s is not read', async (path) => {
  plant(path, fence('ts', 'export const one: string = 1\n'))
  expect((await checkDocs(root)).output).toBe('')
})

test('an error in an example of a documentation comment is told with its line in the source', async () => {
  plant(
    'packages/core/src/two.ts',
    '/**\n * Two.\n * @example\n * ```ts\n * export const two: string = 2\n * ```\n */\nexport const two = 2\n',
  )
  expect((await checkDocs(root)).output).toBe(
    "packages/core/src/two.ts:5: TS2322: Type 'number' is not assignable to type 'string'.\n",
  )
})

test('an @example without a fence is an error', async () => {
  plant('packages/core/src/two.ts', '/**\n * Two.\n * @example two + two\n * @see one\n */\nexport const two = 2\n')
  expect((await checkDocs(root)).output).toBe(
    'packages/core/src/two.ts:3: @example without a fence (expected: ```ts and its code)\n',
  )
})

test('an error of syntax is told with its line and hides no other', async () => {
  plant('docs/one.md', fence('ts', 'export const one = 1\nexport const = 2\n'))
  plant('docs/two.md', fence('js', 'export const one: number = 1\n'))
  plant('docs/three.md', fence('cjs', 'await 1\n'))
  plant('docs/types.md', fence('ts', 'export const one: string = 1\n'))
  const { ok, output } = await checkDocs(root)
  expect(ok).toBe(false)
  expect(places(output)).toEqual(['docs/one.md:3', 'docs/three.md:2', 'docs/two.md:2', 'docs/types.md:2'])
})

test('what JavaScript imports from our packages has to be there', async () => {
  plant('docs/guide.md', fence('js', "import { three } from '@evenkeel/core'\nthree()\n"))
  plant('docs/other.md', fence('js', "import { four } from '@evenkeel/other'\nfour()\n"))
  const { output } = await checkDocs(root)
  expect(output).toContain("docs/guide.md:2: TS2305: Module '\"@evenkeel/core\"' has no exported member 'three'.")
  expect(output).toContain("docs/other.md:2: TS2307: Cannot find module '@evenkeel/other'")
})

test('JavaScript may do what has no types', async () => {
  plant(
    'docs/guide.md',
    fence('js', "import { test } from '@jest/globals'\ntest('one', (given) => expect(given).one())\n"),
  )
  expect(await checkDocs(root)).toEqual({ ok: true, output: '' })
})

test('output that differs is told with its line and what the page says', async () => {
  plant('docs/guide.md', `one\n${fence('ts run', printOne)}\n${fence('text', '2\n')}`)
  expect(await checkDocs(root)).toEqual({
    ok: false,
    output: 'docs/guide.md:2: prints in line 1 "1" (expected: "2")\n',
  })
})

test('a text elsewhere is not the output', async () => {
  plant('docs/guide.md', `${fence('ts run', printOne)}\n${fence('sh', 'npm test\n')}\n${fence('text', '2\n')}`)
  expect((await checkDocs(root)).ok).toBe(true)
})

test.each(['ts run', 'js run', 'cjs run'])(
  'a %s that throws is told with its trace, in lines of the page',
  async (info) => {
    plant('docs/guide.md', `one\n${fence(info, "console.log('before')\nthrow new Error('planted')\n")}`)
    const { ok, output } = await checkDocs(root)
    expect(ok).toBe(false)
    expect(output).toMatch(/^docs\/guide\.md:2: exits with 1 \(expected: 0\)\n {2}before\n/)
    expect(output).toMatch(/Error: planted\n.*docs\/guide\.md:4/s)
  },
)

test('a program that does not end is killed, with the process that it started, and told', async () => {
  const program = `import { spawn } from 'node:child_process'
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
setInterval(() => {}, 1000)
`
  plant('docs/guide.md', fence('ts run', program))
  const { ok, output } = await checkDocs(root, { deadlineMs: 500 })
  expect(ok).toBe(false)
  expect(output).toBe('docs/guide.md:1: still runs after 500 ms (expected: a program that ends)\n')
})

test('a fence that is meant to fail and compiles is an error', async () => {
  plant('docs/guide.md', fence('ts fails the number is no text', 'export const one: number = 1\n'))
  plant('docs/other.md', fence('ts fails it is no program', 'export const = 1\n'))
  expect(await checkDocs(root)).toEqual({
    ok: false,
    output: 'docs/guide.md:1: compiles (expected: an error, since the fence is marked "fails")\n',
  })
})

test('a fence that is meant to fail hides no error of another', async () => {
  plant('docs/fails.md', fence('ts fails a number is no text', 'export const one: string = 1\n'))
  plant('docs/guide.md', fence('ts', 'export const one: string = 1\n'))
  plant('docs/syntax.md', fence('ts fails it is no program', 'export const = 1\n'))
  expect(places((await checkDocs(root)).output)).toEqual(['docs/guide.md:2'])
})

test.each([
  ['typescript', 'ts, js, cjs, sh'],
  ['', 'ts, js, cjs, sh'],
  ['sh run', 'ts, js, cjs, sh'],
  ['ts runs', 'ts, ts run, ts fails and the reason'],
  ['ts run slowly', 'ts, ts run, ts fails and the reason'],
  ['ts fails', 'ts fails and the reason'],
  ['js fails because', 'js, js run'],
])('a fence marked %j is an error', async (info, expected) => {
  plant('docs/guide.md', fence(info, ''))
  const { ok, output } = await checkDocs(root)
  expect(ok).toBe(false)
  expect(output).toContain(`docs/guide.md:1: fence "${info}" (expected: ${expected}`)
})

test.each(['index.d.ts', 'index.js', 'cjs/index.d.ts'])(
  'without dist/%s, which is promised, how to build is told',
  async (file) => {
    rmSync(join(root, 'packages/core/dist', file))
    expect(await checkDocs(root)).toEqual({
      ok: false,
      output: `missing: packages/core/dist/${file} (expected: built packages, by npm run build)\n`,
    })
  },
)

test('no example at all is no success', async () => {
  plant('README.md', '# title\n')
  expect(await checkDocs(root)).toEqual({
    ok: false,
    output: 'no page has an example (expected: at least README.md)\n',
  })
})

const printOne = "import { one } from '@evenkeel/core'\nconsole.log(one)\n"

function fence(info: string, text: string): string {
  return `\`\`\`${info}\n${text}\`\`\`\n`
}

function places(output: string): readonly string[] {
  return output.match(/^\S+:\d+/gm) ?? []
}

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
