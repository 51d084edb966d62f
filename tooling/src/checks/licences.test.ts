import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLicences, isAllowed, writeLicences } from './licences.ts'

let root = ''
const page = 'docs/dependencies.md'

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'licences-'))
  mkdirSync(join(root, 'docs'))
  plant('LICENSE', 'x')
  plantPackage('packages/core', { name: '@evenkeel/core', license: 'Apache-2.0', files: ['dist', '!dist/left-out.js'] })
  plant('packages/core/dist/index.js', 'x'.repeat(150_000))
  plant('packages/core/dist/left-out.js', 'x'.repeat(900_000))
  plantPackage('packages/near', {
    name: '@evenkeel/near',
    license: 'Apache-2.0',
    files: ['dist'],
    peerDependencies: { '@evenkeel/core': '*', far: '*', never: '*' },
    peerDependenciesMeta: { never: { optional: true } },
  })
  plant('packages/near/dist/index.js', 'x')
  plantPackage('node_modules/far', { name: 'far', license: 'MIT', dependencies: { deep: '*' } })
  plantPackage('node_modules/far/node_modules/deep', { name: 'deep', license: 'ISC' })
  plantPackage('node_modules/builder', { name: 'builder', license: 'MPL-2.0' })
  plantLock({})
  writeLicences(root)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the page that was written is not stale', () => {
  expect(checkLicences(root)).toEqual({ ok: true, output: '' })
})

test('a row counts peers, their dependencies and what files names, but no optional peer', () => {
  const text = readFileSync(join(root, page), 'utf8')
  expect(text).toContain('| @evenkeel/core | 1 | 200 | none | 200 | Apache-2.0 |')
  expect(text).toContain(
    '| @evenkeel/near | 4 | 100 | @evenkeel/core, far 1.0.0, deep 1.0.0 | 302 | Apache-2.0, ISC, MIT |',
  )
  expect(text).toContain('| MPL-2.0 | 1 |')
})

test('a page that does not fit any more is stale', () => {
  plantPackage('node_modules/another', { name: 'another', license: 'MIT' })
  plantLock({ 'node_modules/another': { license: 'MIT' } })
  expect(checkLicences(root)).toEqual({
    ok: false,
    output: `${page}: stale (expected: what tooling/src/checks/licences.ts writes)`,
  })
})

test('a licence that development may have is forbidden to what users get', () => {
  plantPackage('node_modules/far/node_modules/deep', { name: 'deep', license: 'MPL-2.0' })
  const { ok, output } = checkLicences(root)
  expect(ok).toBe(false)
  expect(output).toContain('node_modules/far/node_modules/deep: licence MPL-2.0 (expected: one of 0BSD')
})

test.each(['GPL-3.0-only', undefined])('the licence %s of something that only builds is forbidden too', (license) => {
  plantPackage('node_modules/builder', { name: 'builder', ...(license === undefined ? {} : { license }) })
  const { ok, output } = checkLicences(root)
  expect(ok).toBe(false)
  expect(output).toContain(`node_modules/builder: licence ${license ?? 'unknown'} (expected: one of`)
})

test('what is not installed here is judged by the lockfile', () => {
  plantLock({ 'node_modules/elsewhere': { license: 'AGPL-3.0-only', optional: true } })
  expect(checkLicences(root).output).toContain('node_modules/elsewhere: licence AGPL-3.0-only')
})

test.each([
  ['MIT OR GPL-3.0-only', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-3.0-only', false],
  ['MIT AND (ISC OR GPL-3.0-only)', false],
  ['SEE LICENSE IN LICENSE.md', false],
])('of the expression %s it is %s that MIT and ISC suffice', (expression, allowed) => {
  expect(isAllowed(expression, ['MIT', 'ISC'])).toBe(allowed)
})

function plantLock(more: object): void {
  plantJson('package-lock.json', {
    packages: {
      '': {},
      'packages/core': {},
      'packages/near': {},
      'node_modules/@evenkeel/core': { link: true, resolved: 'packages/core' },
      'node_modules/far': { license: 'MIT' },
      'node_modules/far/node_modules/deep': { license: 'ISC' },
      'node_modules/builder': { license: 'MPL-2.0' },
      ...more,
    },
  })
}

function plantPackage(path: string, manifest: object): void {
  plantJson(`${path}/package.json`, { version: '1.0.0', ...manifest })
}

function plantJson(path: string, value: unknown): void {
  plant(path, JSON.stringify(value))
}

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
