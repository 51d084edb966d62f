import { expect, test } from 'vitest'
import { isNewEnough } from './build.ts'
import { kubernetesVersion, pathOf, programs } from './programs.ts'

test.each([
  ['go1.26.0', true],
  ['go1.26rc1', true],
  ['go1.27.3', true],
  ['go2.0', true],
  ['go1.25.9', false],
  ['go1.19.8', false],
  ['none', false],
])('%s is new enough: %s', (version, enough) => {
  expect(isNewEnough(version)).toBe(enough)
})

test('every program has a place of its own in the cache, below the hash of what pins it', () => {
  const paths = programs.map(({ name }) => pathOf(name))
  expect(new Set(paths).size).toBe(programs.length)
  for (const path of paths) expect(path).toMatch(/\/evenkeel\/cluster\/[0-9a-f]{16}\/[a-z-]+$/)
})

test('the version is the one that the module pins', () => {
  expect(kubernetesVersion()).toMatch(/^v1\.\d+\.\d+$/)
})
