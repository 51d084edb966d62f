import { seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { openLoop, poissonArrivals } from './open-loop.ts'
import type { Variant } from './variants.ts'

test('the same seed gives the same arrivals, in order, at the rate that was asked for', () => {
  const schedule = { perSecond: 1_000, untilMs: 10_000 }
  const arrivals = poissonArrivals(schedule, seededRandom(3))
  expect(poissonArrivals(schedule, seededRandom(3))).toEqual(arrivals)
  expect(arrivals).toEqual(arrivals.toSorted((one, other) => one - other))
  // 10,000 expected; a Poisson number is within five deviations of it but for one seed in a million.
  expect(Math.abs(arrivals.length - 10_000)).toBeLessThan(500)
})

test('requests leave by the schedule although none has been answered', async () => {
  let sent = 0
  const samples = await openLoop({ dispatch: () => sent++ }, [0, 1, 2], 1)
  expect(sent).toBe(3)
  expect(samples.map(({ body }) => body)).toEqual([undefined, undefined, undefined])
})

test('an answer is told by its body, an error and another status by none', async () => {
  const answers = [
    { status: 200, body: 'slow' },
    { status: 503, body: 'no' },
    { status: 0, body: '' },
  ]
  const variant: Variant = {
    dispatch(_options, handler) {
      const { status, body } = answers.shift() as { status: number; body: string }
      const controller = {} as never
      if (status === 0) handler.onResponseError?.(controller, new Error('refused'))
      else {
        handler.onResponseStart?.(controller, status, {})
        handler.onResponseData?.(controller, Buffer.from(body))
        handler.onResponseEnd?.(controller, {})
      }
    },
  }
  const samples = await openLoop(variant, [0, 0, 0], 1_000)
  expect(samples.map(({ body }) => body)).toEqual(['slow', undefined, undefined])
})

test('latency counts from the scheduled time: a sender that is late does not hide it', async () => {
  const variant: Variant = {
    dispatch(_options, handler) {
      const until = performance.now() + 5
      while (performance.now() < until);
      handler.onResponseEnd?.({} as never, {})
    },
  }
  const [, second] = await openLoop(variant, [0, 0], 1_000)
  expect(second?.lateMs).toBeGreaterThanOrEqual(5)
  expect(second?.latencyMs).toBeGreaterThanOrEqual(10)
})
