import { expect, test } from 'vitest'
import { seededRandom } from '../testing/index.ts'
import { medianOf } from './median.ts'

test.each([
  [[7], 7],
  [[9, 1], 1],
  [[5, 1, 9], 5],
  [[4, 3, 2, 1], 2],
  [[2, 2, 2, 90, 90], 2],
])('of %o it is %d', (numbers, median) => {
  expect(medianOf(Float64Array.from(numbers), numbers.length)).toBe(median)
})

test('of none it is not a number', () => {
  expect(medianOf(new Float64Array(4), 0)).toBeNaN()
})

test('what stands behind the count is neither read nor moved', () => {
  const scratch = Float64Array.from([3, 2, 1, -50, -60])
  expect(medianOf(scratch, 3)).toBe(2)
  expect([...scratch.subarray(3)]).toEqual([-50, -60])
})

test('it is the lower middle of any sorted sample', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed)
    const numbers = Array.from({ length: 1 + random.below(33) }, () => random.below(20))
    const sorted = [...numbers].sort((one, other) => one - other)
    expect(medianOf(Float64Array.from(numbers), numbers.length), `seed ${seed}`).toBe(
      sorted[Math.ceil(sorted.length / 2) - 1],
    )
  }
})
