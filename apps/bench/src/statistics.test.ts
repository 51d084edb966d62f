import { seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { estimate, joinSpreads, median, medianInterval, quantile, spread } from './statistics.ts'

test('the median is the middle value, or the mean of the middle two', () => {
  expect(median([3])).toBe(3)
  expect(median([10, 2, 9])).toBe(9)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('numbers are ordered as numbers, and the caller keeps its order', () => {
  const values = [100, 20, 3]
  expect(median(values)).toBe(20)
  expect(values).toEqual([100, 20, 3])
})

test('quantiles are interpolated', () => {
  expect(quantile([1, 2, 3, 4], 0)).toBe(1)
  expect(quantile([1, 2, 3, 4], 1)).toBe(4)
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75)
})

test('a spread names median and range', () => {
  expect(spread([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 })
})

test('equal values leave no doubt', () => {
  expect(medianInterval([1.02, 1.02, 1.02], seededRandom(1))).toEqual({ low: 1.02, high: 1.02 })
})

test('the interval of nine values reaches from the second to the eighth', () => {
  // The median of a resample is at most the k-th value when at least 5 of 9 draws are: P = 0.0014 for k = 1, 0.030 for k = 2, 0.145 for
  // k = 3 (binomial tails). So the 2.5 % quantile is the second value, and by symmetry the 97.5 % quantile the eighth.
  for (const seed of [1, 2, 3]) {
    const interval = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9], seededRandom(seed))
    expect(interval, `seed ${seed}`).toEqual({ low: 2, high: 8 })
  }
})

test('the same seed gives the same interval', () => {
  const values = [0.97, 1.01, 1.03, 0.99, 1.08, 1.0, 1.02]
  expect(medianInterval(values, seededRandom(7))).toEqual(medianInterval(values, seededRandom(7)))
})

test('an estimate is a median with its interval, and repeats', () => {
  const values = [9, 8, 7, 6, 5, 4, 3, 2, 1]
  expect(estimate(values)).toEqual({ median: 5, low: 2, high: 8 })
  expect(estimate([])).toEqual({ median: Number.NaN, low: Number.NaN, high: Number.NaN })
})

test('joined spreads keep the outermost ends and the middle of the medians', () => {
  const spreads = [spread([1, 5, 9]), spread([4, 6, 20]), spread([3, 7, 8])]
  expect(joinSpreads(spreads)).toEqual({ median: 6, min: 1, max: 20 })
})
