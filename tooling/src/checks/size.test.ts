import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSizes } from './size.ts'

let root = ''
const budget = { name: '@evenkeel/tiny', path: '../.cache/size/evenkeel-tiny.js', limit: '100 B' }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'size-'))
  plantJson('package.json', { name: 'planted', private: true, devDependencies: { '@size-limit/file': '*' } })
  plantJson('packages/tiny/package.json', {
    name: '@evenkeel/tiny',
    peerDependencies: { undici: '*' },
    exports: {
      '.': { source: './src/index.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
  })
  plant('packages/tiny/src/index.ts', "export { request as ask } from 'undici'\n")
  plantJson('tooling/.size-limit.json', [budget])
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('an entry within its budget passes, and peers weigh nothing', async () => {
  expect(await checkSizes(root)).toEqual({ ok: true, output: '' })
})

test('an entry above its budget is named with its size', async () => {
  plant('packages/tiny/src/index.ts', `export const text = '${randomLooking(400)}'\n`)
  const { ok, output } = await checkSizes(root)
  expect(ok).toBe(false)
  expect(output).toMatch(/^@evenkeel\/tiny: \d+ bytes \(expected: <= 100, tooling\/\.size-limit\.json\)\n$/)
})

test('an entry without a budget is an error', async () => {
  plantJson('tooling/.size-limit.json', [])
  expect(await checkSizes(root)).toEqual({
    ok: false,
    output: `tooling/.size-limit.json: no budget for @evenkeel/tiny (expected: one with the path ${budget.path})\n`,
  })
})

test('a budget whose entry is gone is an error', async () => {
  plantJson('tooling/.size-limit.json', [budget, { ...budget, name: '@evenkeel/gone' }])
  expect(await checkSizes(root)).toEqual({
    ok: false,
    output: 'tooling/.size-limit.json: a budget for @evenkeel/gone (expected: the name of an entry)\n',
  })
})

/** Text that no compression shortens much, the same in every run. */
function randomLooking(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647
    return (state % 36).toString(36)
  }).join('')
}

function plantJson(path: string, value: unknown): void {
  plant(path, JSON.stringify(value))
}

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
