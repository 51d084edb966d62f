import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generate } from './installs-table.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'installs-table-'))
  mkdirSync(join(root, 'results'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const esm = { name: 'esm', project: 'ES modules', does: 'node', when: 'commit', node: 'v24.1.0', seconds: 3 }
const versions = { undici: '8.12.4', '@types/node': '22.0.0' }

test('a kind is a row with the versions that matter', () => {
  keep([{ id: 'installs.esm', ok: true, got: 'works' }], [{ ...esm, versions }])
  expect(generate({ root, parameters: [] })).toContain(
    '| ES modules | node | Node 24.1.0, undici 8.12.4 | commit | 3 s | works |',
  )
})

test('a kind that failed is not shown as working', () => {
  keep([{ id: 'installs.esm', ok: false, got: 'npm install' }], [{ ...esm, versions }])
  expect(generate({ root, parameters: [] })).toContain('| fails: npm install |')
})

test('a result without kinds is refused', () => {
  keep([], [])
  expect(() => generate({ root, parameters: [] })).toThrow('has no kinds')
})

function keep(checks: readonly object[], kinds: readonly object[]): void {
  const result = { command: 'npm run installs', environment: {}, checks, figures: { kinds } }
  writeFileSync(join(root, 'results/installs.json'), JSON.stringify(result))
}
