import type { Clock } from '@evenkeel/core'
import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { LoopMonitor } from './loop-monitor.ts'
import { loopUtilisation } from './loop-utilisation.ts'

/** A fake clock whose timers may be late: `stall(ms)` lets time pass in which nothing runs. */
function stallingClock(): { readonly clock: Clock; pass(ms: number): void; stall(ms: number): void } {
  const inner = fakeClock()
  let stalledMs = 0
  return {
    clock: { ...inner, now: () => inner.now() + stalledMs, after: inner.after.bind(inner) },
    pass: (ms) => inner.advance(ms),
    stall: (ms) => {
      stalledMs += ms
    },
  }
}

test('a loop that runs on time has no lag', () => {
  const { clock, pass } = stallingClock()
  const monitor = new LoopMonitor(
    clock,
    () => undefined,
    () => 0,
  )
  pass(5_000)
  expect(monitor.lagMs).toBe(0)
})

test('one pause of 300 ms leaves the lag below a tenth of a second, and one stall of 2 s shows at once', () => {
  const { clock, pass, stall } = stallingClock()
  const monitor = new LoopMonitor(
    clock,
    () => undefined,
    () => 0,
  )
  stall(300)
  pass(100)
  expect(monitor.lagMs).toBeGreaterThan(50)
  expect(monitor.lagMs).toBeLessThan(100)
  stall(2_000)
  pass(100)
  expect(monitor.lagMs).toBeGreaterThan(1_500)
})

test('lag is forgotten within seconds', () => {
  const { clock, pass, stall } = stallingClock()
  const monitor = new LoopMonitor(
    clock,
    () => undefined,
    () => 0,
  )
  stall(2_000)
  pass(100)
  pass(2_000)
  expect(monitor.lagMs).toBeLessThan(250)
})

test('utilisation follows the share that the runtime counts', () => {
  const { clock, pass } = stallingClock()
  let share = 1
  const monitor = new LoopMonitor(
    clock,
    () => undefined,
    () => share,
  )
  pass(5_000)
  expect(monitor.utilisation).toBeGreaterThan(0.99)
  share = 0
  pass(5_000)
  expect(monitor.utilisation).toBeLessThan(0.01)
})

test('each sample is announced, and none after the end', () => {
  const clock = fakeClock()
  let samples = 0
  const monitor = new LoopMonitor(
    clock,
    () => {
      samples += 1
    },
    () => 0,
  )
  clock.advance(1_000)
  monitor[Symbol.dispose]()
  clock.advance(1_000)
  expect(samples).toBe(10)
  expect(clock.pending).toBe(0)
})

test('the real share is high after work and never leaves 0 to 1', async () => {
  const read = loopUtilisation()
  const end = performance.now() + 50
  while (performance.now() < end);
  await new Promise((resolve) => setImmediate(resolve))
  const busy = read()
  expect(busy).toBeGreaterThan(0.5)
  expect(busy).toBeLessThanOrEqual(1)
})
