import { expect, test } from 'vitest'
import { decay } from './decay.ts'

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
