import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.next())
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(7, 20)).toEqual(draw(7, 20))
  expect(draw(7, 20)).not.toEqual(draw(8, 20))
  expect(new Set(Array.from({ length: 1_000 }, (_, seed) => draw(seed, 1)[0])).size).toBe(1_000)
})

test('numbers lie in [0, 1) and are whole multiples of 2^-32', () => {
  for (const value of draw(1, 10_000)) {
    expect(value >= 0 && value < 1 && Number.isInteger(value * 4_294_967_296)).toBe(true)
  }
})

test('below(n) gives each of its n values about equally often', () => {
  const random = seededRandom(42)
  const counts = Array.from({ length: 7 }, () => 0)
  for (let draws = 0; draws < 70_000; draws += 1) {
    const value = random.below(7)
    counts[value] = (counts[value] ?? Number.NaN) + 1
  }
  // Chi square with 6 degrees of freedom stays below 22.5 with probability 0.999; the seed is fixed, so this cannot flicker.
  expect(counts.reduce((sum, count) => sum + ((count - 10_000) * (count - 10_000)) / 10_000, 0)).toBeLessThan(22.5)
  expect(random.below(1)).toBe(0)
})

test('successive numbers are not correlated', () => {
  const values = draw(3, 100_000)
  const sum = values.slice(1).reduce((total, value, at) => total + (value - 0.5) * ((values[at] as number) - 0.5), 0)
  // Twelve times the covariance; its standard deviation is 1 / sqrt(100,000) = 0.0032.
  expect(Math.abs((12 * sum) / 100_000)).toBeLessThan(0.013)
})
