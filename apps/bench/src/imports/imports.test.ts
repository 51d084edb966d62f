import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { runChild } from '../child.ts'
import { entriesOf, judgeImports } from './imports.ts'
import type { ImportCost } from './probe.ts'

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-bench-'))
const signal = new AbortController().signal

afterEach(() => {
  rmSync(join(folder, 'one'), { recursive: true, force: true })
})

test('entries are those of the manifests, less what is no module', () => {
  plant()
  writeFileSync(join(folder, 'one/index.js'), '')
  writeFileSync(join(folder, 'one/testing.js'), '')
  expect(entriesOf(folder)).toEqual(['@planted/one', '@planted/one/testing'])
})

test('an entry that is not built is told by its file and by what to do', () => {
  plant()
  writeFileSync(join(folder, 'one/index.js'), '')
  expect(() => entriesOf(folder)).toThrow(/one\/testing\.js is missing \(expected: npm run build/)
})

test('an import of core above 5 ms is not ok', () => {
  expect(coreCheck(5)).toMatchObject({ got: 5, ok: true })
  expect(coreCheck(5.1)).toMatchObject({ got: 5.1, ok: false })
})

test('an entry that cannot be imported is an error that names it', async () => {
  await expect(probe(`file://${folder}/missing.js`)).rejects.toThrow(/missing\.js/)
})

test('what a module keeps is seen on the heap', async () => {
  mkdirSync(join(folder, 'one'))
  const file = join(folder, 'one/heavy.mjs')
  writeFileSync(file, 'export const kept = Array.from({ length: 100_000 }, (_, index) => ({ index }))')
  const { heapKb, importMs } = await probe(`file://${file}`)
  expect(heapKb).toBeGreaterThan(1_000)
  expect(importMs).toBeGreaterThan(0)
})

function plant(): void {
  mkdirSync(join(folder, 'one'))
  const exports = {
    '.': { source: './src/index.ts', default: './index.js' },
    './testing': { default: './testing.js' },
    './package.json': './package.json',
  }
  writeFileSync(join(folder, 'one/package.json'), JSON.stringify({ name: '@planted/one', exports }))
}

function coreCheck(importMs: number) {
  const trials = Array.from({ length: 9 }, () => ({ kind: 'measured', figure: { importMs, heapKb: 1 } }) as const)
  const { checks } = judgeImports(
    new Map([
      ['undici', trials],
      ['@evenkeel/core', trials],
    ]),
  )
  return checks.find(({ id }) => id === 'import.core')
}

function probe(specifier: string): Promise<ImportCost> {
  return runChild<ImportCost>({
    module: new URL('probe.ts', import.meta.url),
    task: { specifier },
    packages: 'built',
    nodeOptions: ['--expose-gc'],
    signal,
  })
}
