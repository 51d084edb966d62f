import { getEventListeners } from 'node:events'
import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { pause } from './pause.ts'

test('it ends when its time is over, and listens to nobody any more', async () => {
  const clock = fakeClock()
  const { signal } = new AbortController()
  const paused = pause(clock, 100, signal)
  clock.advance(100)
  await paused
  expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
})

test('a signal ends it, also one that came before, and no timer is left', async () => {
  const clock = fakeClock()
  const control = new AbortController()
  const paused = pause(clock, 100, control.signal)
  expect(clock.pending).toBe(1)
  control.abort()
  await paused
  await pause(clock, 100, control.signal)
  expect(clock.pending).toBe(0)
})
