import { expect, test } from 'vitest'
import type { Status } from '../../discovery/endpoint-set.ts'
import { fakeClock } from '../../testing/index.ts'
import { Patience } from './patience.ts'

function open() {
  const clock = fakeClock(1_000)
  const room = new Patience(clock, 5_000, 3_000)
  return { clock, room, nobody: (status: Status) => room.nobody(status, clock.now()) }
}

test.each(['pending', 'failed'] as const)(
  'while discovery is %s a call waits until 5 s after the opening',
  (status) => {
    const { clock, nobody } = open()
    expect(nobody(status)).toEqual({ waitMs: 5_000, reason: 'discovery-failed' })
    clock.advance(4_000)
    expect(nobody(status)).toEqual({ waitMs: 1_000, reason: 'discovery-failed' })
    clock.advance(4_000)
    expect(nobody(status)).toEqual({ waitMs: -3_000, reason: 'discovery-failed' })
  },
)

test('for an absent Service no call waits', () => {
  const { room, nobody } = open()
  expect(nobody('absent')).toEqual({ waitMs: 0, reason: 'absent' })
  room.usable(true)
  expect(nobody('absent')).toEqual({ waitMs: 0, reason: 'absent' })
})

test.each(['ok', 'stale'] as const)(
  'a list that is %s and has nobody is waited for 3 s from when the last one went',
  (status) => {
    const { clock, room, nobody } = open()
    room.usable(true)
    clock.advance(60_000)
    room.usable(false)
    expect(nobody(status)).toEqual({ waitMs: 3_000, reason: 'no-endpoints' })
    clock.advance(2_000)
    room.usable(false)
    expect(nobody(status)).toEqual({ waitMs: 1_000, reason: 'no-endpoints' })
  },
)

test('those who waited it out hear that nobody is ready, those who come later that this goes on', () => {
  const { clock, room, nobody } = open()
  room.usable(true)
  room.usable(false)
  clock.advance(3_000)
  expect(nobody('ok')).toEqual({ waitMs: 0, reason: 'no-endpoints' })
  clock.advance(1)
  expect(nobody('ok')).toEqual({ waitMs: -1, reason: 'failfast' })
})

test('somebody who comes gives the next absence its full time', () => {
  const { clock, room, nobody } = open()
  room.usable(false)
  clock.advance(60_000)
  expect(nobody('ok').reason).toBe('failfast')
  room.usable(true)
  room.usable(false)
  expect(nobody('ok')).toEqual({ waitMs: 3_000, reason: 'no-endpoints' })
})

test('one who asks before the absence is noted has the full time', () => {
  const { clock, room, nobody } = open()
  room.usable(true)
  clock.advance(60_000)
  expect(nobody('ok')).toEqual({ waitMs: 3_000, reason: 'no-endpoints' })
})
