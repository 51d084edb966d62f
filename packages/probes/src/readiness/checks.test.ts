import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Checks } from './checks.ts'

test('a check passes with any value but false, and fails by false, throwing or rejecting', async () => {
  const error = new Error('down')
  const checks = new Checks(
    {
      nothing: { run: () => undefined },
      value: { run: () => Promise.resolve('pong') },
      no: { run: () => Promise.resolve(false) },
      throws: {
        run: () => {
          throw error
        },
      },
      rejects: { run: () => Promise.reject(error) },
    },
    800,
    fakeClock(),
  )
  expect(await checks.run()).toEqual([
    { kind: 'passed', name: 'nothing', tookMs: 0 },
    { kind: 'passed', name: 'value', tookMs: 0 },
    { kind: 'failed', name: 'no', tookMs: 0, error: false },
    { kind: 'failed', name: 'throws', tookMs: 0, error },
    { kind: 'failed', name: 'rejects', tookMs: 0, error },
  ])
  expect(checks.last).toEqual(await checks.run())
})

test('a check that takes too long is aborted and reported, and never runs twice at a time', async () => {
  const clock = fakeClock()
  const signals: AbortSignal[] = []
  const ends: (() => void)[] = []
  const run = (signal: AbortSignal): Promise<void> => {
    signals.push(signal)
    return new Promise((resolve) => ends.push(resolve))
  }
  const checks = new Checks({ database: { run, timeoutMs: 300 } }, 800, clock)
  const first = checks.run()
  clock.advance(299)
  expect(signals[0]?.aborted).toBe(false)
  clock.advance(1)
  expect(await first).toEqual([{ kind: 'timed-out', name: 'database', tookMs: 300 }])
  expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' })
  clock.advance(60_000)
  expect(await checks.run()).toEqual([{ kind: 'timed-out', name: 'database', tookMs: 60_300 }])
  ends[0]?.()
  await Promise.resolve()
  expect(signals).toHaveLength(1)
  // It hears that the hanging run has ended, and starts another.
  await new Promise((resolve) => setImmediate(resolve))
  const again = checks.run()
  ends[1]?.()
  expect(await again).toEqual([{ kind: 'passed', name: 'database', tookMs: 0 }])
})

test('however many ask, a check runs once at a time and once a second', async () => {
  const clock = fakeClock()
  let runs = 0
  const checks = new Checks(
    {
      database: {
        run: () => {
          runs += 1
        },
      },
    },
    800,
    clock,
  )
  await Promise.all(Array.from({ length: 50 }, () => checks.run()))
  clock.advance(999)
  await checks.run()
  expect(runs).toBe(1)
  clock.advance(1)
  await checks.run()
  expect(runs).toBe(2)
})

test('the end aborts what runs and leaves no timer', async () => {
  const clock = fakeClock()
  let given: AbortSignal | undefined
  const checks = new Checks(
    {
      database: {
        run: (signal) =>
          new Promise(() => {
            given = signal
          }),
      },
    },
    800,
    clock,
  )
  const running = checks.run()
  checks[Symbol.dispose]()
  expect(await running).toMatchObject([{ kind: 'failed', error: { code: 'EVENKEEL_CLOSED' } }])
  expect(given?.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})
