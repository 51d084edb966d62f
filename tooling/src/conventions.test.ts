import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkConventions } from './conventions.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'conventions-'))
  mkdirSync(join(root, 'apps'), { recursive: true })
  for (const name of [
    'README.md',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsup.config.ts',
    'turbo.json',
  ]) {
    plant(`packages/core/${name}`, '')
  }
  plant('packages/core/src/index.ts', 'export {}\n')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a package of the common shape passes', () => {
  expect(checkConventions(root)).toEqual({ ok: true, output: '' })
})

test('a package without a README does not', () => {
  rmSync(join(root, 'packages/core/README.md'))
  expect(checkConventions(root)).toEqual({ ok: false, output: 'packages/core: README.md is missing' })
})

test('a source file ends at 300 lines, a test need not', () => {
  plant('packages/core/src/long.test.ts', '\n'.repeat(301))
  expect(checkConventions(root).ok).toBe(true)
  plant('packages/core/src/long.ts', '\n'.repeat(301))
  expect(checkConventions(root).output).toBe('packages/core/src/long.ts: 301 lines (expected: <= 300)')
})

test('the thirteenth source file of a folder is one too many', () => {
  for (let index = 1; index <= 12; index++) plant(`packages/core/src/room/part-${index}.ts`, '')
  expect(checkConventions(root).ok).toBe(true)
  plant('packages/core/src/room/part-13.ts', '')
  expect(checkConventions(root).output).toBe('packages/core/src/room: 13 source files (expected: <= 12)')
})

test('file names are kebab-case', () => {
  plant('packages/core/src/endpointSet.ts', '')
  expect(checkConventions(root).output).toBe('packages/core/src/endpointSet.ts: the name is not kebab-case')
})

function plant(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
