import { expect, test } from 'vitest'
import { AwakeTime } from './awake-time.ts'
import type { Clock } from './clock.ts'
import { fakeClock } from './testing/index.ts'

/** A clock whose process may be stalled: time passes and no timer fires until it is over. */
function stallingClock() {
  const inner = fakeClock()
  let stalledMs = 0
  const clock: Clock = {
    now: () => inner.now() + stalledMs,
    after: (ms, run) => inner.after(ms, run),
    wake: (ms, run) => inner.wake(ms, run),
    afterPoll: (run) => inner.afterPoll(run),
  }
  return {
    clock,
    inner,
    stall(ms: number): void {
      stalledMs += ms
    },
  }
}

test('without a stall awake time passes as time does', () => {
  const clock = fakeClock()
  const awake = new AwakeTime(clock)
  awake.begin()
  const before = awake.now()
  clock.advance(12_345)
  expect(awake.now() - before).toBeCloseTo(12_345)
  expect(awake.lostMs()).toBe(0)
})

test('a stall does not count, neither while it is noticed nor after', () => {
  const { clock, inner, stall } = stallingClock()
  const awake = new AwakeTime(clock)
  awake.begin()
  inner.advance(50)
  const before = awake.now()
  stall(3_000)
  // The timer has not fired yet: an answer that waited in the kernel is read first.
  expect(awake.now() - before).toBeLessThanOrEqual(75)
  inner.advance(50)
  expect(awake.now() - before).toBeLessThanOrEqual(125)
  expect(awake.lostMs()).toBeGreaterThan(2_900)
})

test('awake time never runs backwards', () => {
  const { clock, inner, stall } = stallingClock()
  const awake = new AwakeTime(clock)
  awake.begin()
  let last = awake.now()
  for (let step = 0; step < 500; step++) {
    if (step % 7 === 0) stall(step)
    inner.advance(step % 30)
    const now = awake.now()
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
})

test('it ticks only while an answer is owed', () => {
  const clock = fakeClock()
  const awake = new AwakeTime(clock)
  expect(clock.pending).toBe(0)
  awake.begin()
  clock.advance(1_000)
  expect(clock.pending).toBe(1)
  awake.end()
  clock.advance(100)
  expect(clock.pending).toBe(0)
})

test('disposing it leaves no timer', () => {
  const clock = fakeClock()
  const awake = new AwakeTime(clock)
  awake.begin()
  awake[Symbol.dispose]()
  expect(clock.pending).toBe(0)
})
