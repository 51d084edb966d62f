import { expect, test } from 'vitest'
import { decay, decayCell } from './decay.ts'

test('it follows e^-x to five digits', () => {
  for (let x = 0; x < 16; x += 0.0013) {
    expect(Math.abs(decay(x) / Math.exp(-x) - 1), `x ${x}`).toBeLessThan(1e-5)
  }
})

test('it never grows with time', () => {
  let before = decay(0)
  for (let x = 0; x < 17; x += 0.0007) {
    const now = decay(x)
    if (now > before) throw new Error(`decay(${x}) is ${now}, above ${before}`)
    before = now
  }
})

test('nothing has decayed at once or before its time, and nothing is left of what is very old', () => {
  expect([decay(0), decay(-3), decay(Number.NaN)]).toEqual([1, 1, 1])
  expect([decay(16), decay(1e9), decay(Number.POSITIVE_INFINITY)]).toEqual([0, 0, 0])
  expect(decay(15.999)).toBeGreaterThan(0)
})

test('in a cell it takes the place of what was there, and other cells stay', () => {
  const cells = Float64Array.of(2, 0.5, 3)
  decayCell(cells, 1)
  expect([...cells]).toEqual([2, decay(0.5), 3])
  expect(decay(0.5)).toBeCloseTo(0.60653, 5)
})
