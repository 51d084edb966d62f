import { expect, test } from 'vitest'
import type { Random } from '../../random.ts'
import { seededRandom } from '../../testing/index.ts'
import { backoffMs } from './backoff.ts'

const always = (value: number): Random => ({ next: () => value, below: () => 0 })

test.each([
  [0, 25],
  [1, 50],
  [2, 100],
  [3, 200],
  [4, 250],
  [30, 250],
  [1_000, 250],
])('after %i repeats the bound is %i ms', (repeats, boundMs) => {
  expect(backoffMs(always(0), repeats, 25, 250)).toBe(0)
  expect(backoffMs(always(0.5), repeats, 25, 250)).toBe(boundMs / 2)
})

test('delays are spread evenly from nothing to the bound', () => {
  const random = seededRandom(4)
  const delays = Array.from({ length: 4_000 }, () => backoffMs(random, 1, 25, 250))
  for (const quarter of [0, 1, 2, 3]) {
    const inside = delays.filter((delay) => delay >= quarter * 12.5 && delay < (quarter + 1) * 12.5)
    // 1,000 are due; 5 standard deviations are 137.
    expect(Math.abs(inside.length - 1_000)).toBeLessThan(137)
  }
})

test('without a base there is no delay', () => {
  expect(backoffMs(always(0.9), 5, 0, 250)).toBe(0)
})
