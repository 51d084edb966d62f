import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDuplicates } from './duplicates.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'duplicates-test-'))
  for (const path of ['packages/core/src', 'apps/demo/src', 'tooling/src'])
    mkdirSync(join(root, path), { recursive: true })
  plant('packages/core/src/first.ts', block(12))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('code that stands once is none', async () => {
  expect(await checkDuplicates(root)).toEqual({ ok: true, output: '' })
})

test.each(['packages/core/src/second.ts', 'apps/demo/src/second.ts', 'tooling/src/second.ts'])(
  'a block copied to %s is found with both places',
  async (path) => {
    plant(path, `export const other = 1\n${block(12)}`)
    const { ok, output } = await checkDuplicates(root)
    expect(ok).toBe(false)
    expect(output).toMatch(/: copied from .*, \d+ tokens \(expected: < 75\)\n/)
    expect(output).toContain('packages/core/src/first.ts:1-')
    expect(output).toContain(`${path}:2-`)
  },
)

test('nothing to compare is no success', async () => {
  rmSync(join(root, 'packages/core/src/first.ts'))
  expect((await checkDuplicates(root)).ok).toBe(false)
})

test('a few lines may be alike', async () => {
  plant('packages/core/src/second.ts', block(4))
  expect((await checkDuplicates(root)).ok).toBe(true)
})

test('a long copy is found although its names and numbers are others', async () => {
  plant('packages/core/src/first.ts', block(24))
  plant('packages/core/src/second.ts', block(24).replaceAll('total', 'sum').replaceAll('value', 'item'))
  expect((await checkDuplicates(root)).output).toContain('copied and renamed')
})

test('tests may repeat what sources may not, but not everything', async () => {
  plant('packages/core/src/first.test.ts', block(8))
  plant('packages/core/src/second.test.ts', block(8))
  expect((await checkDuplicates(root)).ok).toBe(true)
  plant('packages/core/src/first.test.ts', block(16))
  plant('packages/core/src/second.test.ts', block(16))
  expect((await checkDuplicates(root)).output).toContain('copied in tests')
})

/** A function of so many lines, about ten tokens each, of which no two are alike. */
function block(lines: number): string {
  const operators = ['+', '-', '*', '/', '%', '&', '|', '^']
  const steps = Array.from({ length: lines }, (_, index) => {
    const [first, second] = [operators[index % 8], operators[(index * 3 + (index >> 3)) % 8]]
    return `  total = (total ${first} value) ${second} ${index + 3}\n`
  })
  return `export function add(value: number): number {\n  let total = 0\n${steps.join('')}  return total\n}\n`
}

function plant(path: string, text: string): void {
  writeFileSync(join(root, path), text)
}
