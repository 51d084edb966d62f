import { expect, test } from 'vitest'
import { weigh } from './packed-size.ts'

test('a tarball within its budget passes', () => {
  expect(weigh('packages/core', 90, { dependencies: 0, packedKb: 100 })).toEqual([])
})

test('a tarball above its budget is red', () => {
  expect(weigh('packages/core', 100.3, { dependencies: 0, packedKb: 100 })).toEqual([
    'packages/core: 100.3 KB packed (expected: <= 100)',
  ])
})

test('a budget far above its tarball is red, since it would let anything pass', () => {
  expect(weigh('packages/core', 70, { dependencies: 0, packedKb: 100 })).toEqual([
    'packages/core: 70.0 KB packed (expected: a budget of 77 instead of 100)',
  ])
})

test('a package without a budget is red', () => {
  expect(weigh('packages/core', 1, undefined)).toEqual([
    'packages/core: 1.0 KB packed (expected: a line in budgets.json)',
  ])
})
