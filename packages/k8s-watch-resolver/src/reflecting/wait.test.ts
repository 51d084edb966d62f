import { getEventListeners } from 'node:events'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Wait } from './wait.ts'

function waiting(ms: number, seed = 1) {
  const clock = fakeClock()
  const control = new AbortController()
  const wait = new Wait(clock, seededRandom(seed))
  let endedAt: number | undefined
  const done = wait.over(ms, control.signal).then(() => {
    endedAt = clock.now()
  })
  const pass = async (stepMs: number): Promise<void> => {
    clock.advance(stepMs)
    for (let turn = 0; turn < 10; turn++) await undefined
  }
  return { clock, control, wait, done, pass, endedAt: () => endedAt }
}

test('it ends when its time is over, and leaves nothing', async () => {
  const { clock, control, done, pass, endedAt } = waiting(60_000)
  await pass(59_999)
  expect(endedAt()).toBeUndefined()
  await pass(1)
  await done
  expect([clock.pending, getEventListeners(control.signal, 'abort').length]).toEqual([0, 0])
})

test('whoever is in a hurry cuts it short to 10 to 20 s, spread over these, however often it is said', async () => {
  const ends: number[] = []
  for (let seed = 1; seed <= 200; seed++) {
    const { wait, pass, endedAt } = waiting(60_000, seed)
    while (endedAt() === undefined) {
      wait.hurry()
      await pass(100)
    }
    ends.push(endedAt() ?? 0)
  }
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(10_000)
  expect(Math.max(...ends)).toBeLessThanOrEqual(20_100)
  for (let second = 10; second < 20; second++)
    expect(ends.some((end) => end >= second * 1_000 && end < (second + 1) * 1_000)).toBe(true)
})

test('what has waited for longer than that ends at once', async () => {
  const { clock, wait, pass, endedAt } = waiting(60_000)
  await pass(30_000)
  wait.hurry()
  await pass(0)
  expect([endedAt(), clock.pending]).toEqual([30_000, 0])
})

test('a short wait is no longer for being hurried, and nobody is hurried afterwards', async () => {
  const { clock, wait, pass, endedAt } = waiting(800)
  wait.hurry()
  await pass(800)
  wait.hurry()
  expect([endedAt(), clock.pending]).toEqual([800, 0])
})

test('a signal ends it, also one that came before, and no timer is left', async () => {
  const { clock, control, wait, done } = waiting(60_000)
  wait.hurry()
  control.abort()
  await done
  await wait.over(1_000, control.signal)
  expect(clock.pending).toBe(0)
})
