import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

const soon = (make: (run: () => void) => unknown): Promise<void> => new Promise((resolve) => void make(resolve))

test('time is monotonic and passes while timers wait', async () => {
  const before = systemClock.now()
  await soon((run) => systemClock.wake(20, run))
  // Timers may fire up to a millisecond early.
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(19)
})

test('what is disposed does not run', async () => {
  const ran: string[] = []
  systemClock.after(1, () => ran.push('after'))[Symbol.dispose]()
  systemClock.wake(1, () => ran.push('wake'))[Symbol.dispose]()
  systemClock.afterPoll(() => ran.push('afterPoll'))[Symbol.dispose]()
  await soon((run) => systemClock.wake(20, run))
  await soon((run) => systemClock.afterPoll(run))
  expect(ran).toEqual([])
})

test('only wake keeps the process alive', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const background = systemClock.after(60_000, () => {})
  expect(timers()).toBe(before)
  const waiting = systemClock.wake(60_000, () => {})
  expect(timers()).toBe(before + 1)
  waiting[Symbol.dispose]()
  background[Symbol.dispose]()
  expect(timers()).toBe(before)
})

test.each([2 ** 31, 1e12, Number.POSITIVE_INFINITY])('a delay of %d ms is not over at once', async (ms) => {
  const ran: string[] = []
  const timers = [systemClock.after(ms, () => ran.push('after')), systemClock.wake(ms, () => ran.push('wake'))]
  await soon((run) => systemClock.wake(20, run))
  for (const timer of timers) timer[Symbol.dispose]()
  expect(ran).toEqual([])
})
