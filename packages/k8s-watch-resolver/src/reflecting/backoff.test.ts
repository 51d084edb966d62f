import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Backoff } from './backoff.ts'

test('W-13: delays double up to the range of 30 to 60 s', () => {
  const backoff = new Backoff(fakeClock(), seededRandom(1))
  const delays = Array.from({ length: 12 }, () => backoff.next())
  const [first = 0, second = 0] = delays
  expect(first).toBeLessThan(1_600)
  expect(second).toBeGreaterThanOrEqual(1_600)
  expect(second).toBeLessThan(3_200)
  for (const delay of delays.slice(7)) {
    expect(delay).toBeGreaterThanOrEqual(30_000)
    expect(delay).toBeLessThan(60_000)
  }
})

test('after two minutes without a failure, or once it worked, delays begin anew', () => {
  const clock = fakeClock()
  const backoff = new Backoff(clock, seededRandom(1))
  for (let count = 0; count < 6; count++) backoff.next()
  clock.advance(120_001)
  expect(backoff.next()).toBeLessThan(1_600)
  backoff.next()
  backoff.reset()
  expect(backoff.next()).toBeLessThan(1_600)
})

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  'W-23: a thousand that fail at once come back all over the window (seed %i)',
  (seed) => {
    const clock = fakeClock()
    const random = seededRandom(seed)
    const delays = Array.from({ length: 1_000 }, () => new Backoff(clock, random).next())
    const tenths = Array.from({ length: 16 }, (_, tenth) => delays.filter((delay) => Math.floor(delay / 100) === tenth))
    // 62.5 are expected in each of the sixteen; fewer than 30 or more than 110 would be beyond four standard deviations.
    for (const found of tenths) {
      expect(found.length).toBeGreaterThan(30)
      expect(found.length).toBeLessThan(110)
    }
  },
)
