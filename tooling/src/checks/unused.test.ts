import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkUnused } from './unused.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unused-'))
  plantJson('package.json', { name: 'planted', private: true, workspaces: ['packages/*'] })
  plantJson('tooling/knip.jsonc', { workspaces: { '.': { project: [] }, 'packages/*': { project: ['src/**/*.ts'] } } })
  plantJson('packages/core/package.json', manifest)
  plant('packages/core/src/index.ts', "export { used } from './used.ts'\n")
  plant('packages/core/src/used.ts', 'export const used = 1\n')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const manifest = { name: 'core', version: '1.0.0', type: 'module', exports: { '.': './src/index.ts' } }

test('a package of which everything is used passes', async () => {
  expect(await checkUnused(root)).toEqual({ ok: true, output: '' })
})

test('an export that nobody imports is named with its file', async () => {
  plant('packages/core/src/used.ts', 'export const used = 1\nexport const forgotten = 2\n')
  const { ok, output } = await checkUnused(root)
  expect(ok).toBe(false)
  expect(output).toMatch(/Unused exports \(1\)\nforgotten +packages\/core\/src\/used\.ts:2:14/)
})

test('a file that nobody imports is named', async () => {
  plant('packages/core/src/forgotten.ts', 'export const forgotten = 2\n')
  const { ok, output } = await checkUnused(root)
  expect(ok).toBe(false)
  expect(output).toMatch(/Unused files \(1\)\npackages\/core\/src\/forgotten\.ts/)
})

test('a dependency that nobody imports is named with its manifest', async () => {
  plantJson('packages/core/package.json', { ...manifest, dependencies: { forgotten: '1.0.0' } })
  const { ok, output } = await checkUnused(root)
  expect(ok).toBe(false)
  expect(output).toMatch(/Unused dependencies \(1\)\nforgotten +packages\/core\/package\.json/)
})

test('an exception that has become needless is no exception any more', async () => {
  plantJson('tooling/knip.jsonc', {
    workspaces: { 'packages/*': { project: ['src/**/*.ts'], ignoreDependencies: ['gone'] } },
  })
  const { ok, output } = await checkUnused(root)
  expect(ok).toBe(false)
  expect(output).toContain('gone')
})

function plantJson(path: string, value: unknown): void {
  plant(path, JSON.stringify(value))
}

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
