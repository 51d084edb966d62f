import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildRelease, hasChangesets } from './checkout.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'release-checkout-'))
  mkdirSync(join(directory, '.changeset'))
  for (const name of ['config.json', 'README.md']) writeFileSync(join(directory, '.changeset', name), '')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a configuration and a README are no changesets', () => {
  expect(hasChangesets(directory)).toBe(false)
})

test('a described change is one', () => {
  writeFileSync(join(directory, '.changeset/a-change.md'), '')
  expect(hasChangesets(directory)).toBe(true)
})

test('what is no checkout cannot be released', async () => {
  const { ok, output } = await buildRelease(directory, join(directory, 'copy'))
  expect(ok).toBe(false)
  expect(output).toContain(directory)
})
