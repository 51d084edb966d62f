import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { command } from '../../steps.ts'
import { type PlantedCheckout, plantedCheckout } from '../../testing/planted-checkout.ts'
import { missingChangeset } from './changeset.ts'

let checkout: PlantedCheckout
let root = ''

beforeEach(() => {
  checkout = plantedCheckout({})
  root = checkout.root
  checkout.plant('packages/core/package.json', '{ "name": "@evenkeel/core" }')
  checkout.plant('packages/core/api.md', 'first\n')
})

afterEach(() => checkout[Symbol.dispose]())

test('outside of git nothing is asked', () => {
  expect(missingChangeset(root, 'core')).toEqual([])
})

test('a report that is not committed yet needs a changeset in the working tree', () => {
  git('init')
  const complaint =
    'packages/core/api.md: changed in the working tree without a changeset (expected: a file in .changeset/ for @evenkeel/core)'
  expect(missingChangeset(root, 'core')).toEqual([complaint])
  checkout.plant('.changeset/new-names.md', changeset('@evenkeel/probes'))
  expect(missingChangeset(root, 'core')).toEqual([complaint])
  checkout.plant('.changeset/new-names.md', changeset('@evenkeel/core'))
  expect(missingChangeset(root, 'core')).toEqual([])
})

test('the commit that changed a report last has a changeset for the package', () => {
  git('init')
  commit('the first report')
  const [complaint] = missingChangeset(root, 'core')
  expect(complaint).toMatch(/^packages\/core\/api\.md: changed in commit [0-9a-f]{7} without a changeset/)
  checkout.plant('packages/core/api.md', 'second\n')
  checkout.plant('.changeset/new-names.md', changeset('@evenkeel/core'))
  commit('another report, with a changeset')
  expect(missingChangeset(root, 'core')).toEqual([])
  checkout.plant('packages/core/other.ts', '')
  commit('something else')
  expect(missingChangeset(root, 'core')).toEqual([])
  checkout.plant('packages/core/api.md', 'third\n')
  commit('a third report; the changeset of the second does not count')
  expect(missingChangeset(root, 'core')).toHaveLength(1)
})

test('a merge of two changes of a report needs no changeset beside theirs', () => {
  git('init')
  checkout.plant('packages/core/api.md', 'first\n2\n3\n4\n5\nlast\n')
  commit('the first report')
  git('branch', 'other')
  checkout.plant('packages/core/api.md', 'FIRST\n2\n3\n4\n5\nlast\n')
  checkout.plant('.changeset/one.md', changeset('@evenkeel/core'))
  commit('one change')
  git('checkout', 'other')
  checkout.plant('packages/core/api.md', 'first\n2\n3\n4\n5\nLAST\n')
  checkout.plant('.changeset/other.md', changeset('@evenkeel/core'))
  commit('another change')
  git('-c', 'user.name=test', '-c', 'user.email=test@example.invalid', 'merge', '-m', 'both', '-')
  expect(missingChangeset(root, 'core')).toEqual([])
})

test('a forgotten changeset can be added afterwards, committed or not yet', () => {
  git('init')
  commit('the first report')
  checkout.plant('.changeset/new-names.md', changeset('@evenkeel/core'))
  expect(missingChangeset(root, 'core')).toEqual([])
  commit('the changeset of the first report')
  expect(missingChangeset(root, 'core')).toEqual([])
})

test('a name in the text of a changeset does not count, nor does a changeset that goes', () => {
  git('init')
  checkout.plant('.changeset/old.md', changeset('@evenkeel/core'))
  commit('the first report')
  checkout.plant('packages/core/api.md', 'second\n')
  checkout.plant('.changeset/new.md', `${changeset('@evenkeel/probes')}\n@evenkeel/core: minor\n`)
  rmSync(join(root, '.changeset/old.md'))
  expect(missingChangeset(root, 'core')).toHaveLength(1)
  commit('another report')
  expect(missingChangeset(root, 'core')).toHaveLength(1)
})

test('a release turns changesets into CHANGELOG.md and needs none', () => {
  git('init')
  checkout.plant('packages/core/CHANGELOG.md', '# 1.0.0\n')
  commit('a release')
  expect(missingChangeset(root, 'core')).toEqual([])
})

test('where a shallow clone ends, nothing is asked', () => {
  git('init')
  commit('the first report')
  checkout.plant('packages/core/other.ts', '')
  commit('something else')
  const clone = mkdtempSync(join(tmpdir(), 'changeset-clone-'))
  try {
    expect(command('git', ['clone', '--quiet', '--depth=1', `file://${root}`, clone]).ok).toBe(true)
    expect(missingChangeset(root, 'core')).toHaveLength(1)
    expect(missingChangeset(clone, 'core')).toEqual([])
  } finally {
    rmSync(clone, { recursive: true, force: true })
  }
})

function changeset(name: string): string {
  return `---\n'${name}': minor\n---\n\nNew names.\n`
}

function commit(title: string): void {
  git('add', '--all')
  git('-c', 'user.name=test', '-c', 'user.email=test@example.invalid', 'commit', '--quiet', '--no-verify', '-m', title)
}

function git(...parameters: readonly string[]): void {
  const { ok, output } = command('git', parameters, { directory: root })
  if (!ok) throw new Error(output)
}
