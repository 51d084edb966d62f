import { expect, test } from 'vitest'
import { systemRandom } from './random.ts'

// Chi square with 15 degrees of freedom is above 60 less than once in a million runs: chance does not fail this, a skew does.
function chiSquare(values: readonly number[]): number {
  const counts = Array.from({ length: 16 }, () => 0)
  for (const value of values) counts[value] = (counts[value] ?? Number.NaN) + 1
  const expected = values.length / counts.length
  return counts.reduce((sum, count) => sum + ((count - expected) * (count - expected)) / expected, 0)
}

test('next() gives numbers in [0, 1), each sixteenth equally often', () => {
  const values = Array.from({ length: 160_000 }, () => systemRandom.next())
  expect(values.filter((value) => !(value >= 0 && value < 1))).toEqual([])
  expect(chiSquare(values.map((value) => Math.floor(value * 16)))).toBeLessThan(60)
})

test('pairs of below(4) are equally frequent: a draw does not depend on the one before', () => {
  const pairs = Array.from({ length: 160_000 }, () => systemRandom.below(4) * 4 + systemRandom.below(4))
  expect(chiSquare(pairs)).toBeLessThan(60)
  expect(systemRandom.below(1)).toBe(0)
})
