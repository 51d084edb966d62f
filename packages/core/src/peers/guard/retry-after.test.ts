import { expect, test } from 'vitest'
import { answeredBad, answeredOverloaded } from '../../calling/outcome.ts'
import { endpointAt, fakeClock, policyKit } from '../../testing/index.ts'
import type { Kit } from '../kit.ts'
import { LivePeer } from '../peer.ts'
import { type RetryAfterOptions, retryAfter } from './retry-after.ts'

const moment = { now: 0, latencyMs: 1, ageMs: 1 }

function open(options?: RetryAfterOptions) {
  const clock = fakeClock()
  const said: string[] = []
  const kit: Kit = policyKit({ clock })
  const guard = retryAfter(options)(kit, {
    say: (_, _peer, standing) => said.push(standing),
    owe: () => said.push('owed'),
  })
  const peer = new LivePeer(0, endpointAt('a:80'), { perPeer: Number.POSITIVE_INFINITY })
  guard.reset?.(peer)
  const settle = (retryAfterMs: number | undefined): void =>
    guard.settled?.(peer, { ...answeredOverloaded, retryAfterMs }, moment)
  return { clock, guard, peer, said, settle }
}

test('a peer is shut for the time that it asked for and opened without a trial', () => {
  const { clock, said, settle } = open()
  settle(2_000)
  clock.advance(1_999)
  expect(said).toEqual(['shut'])
  clock.advance(1)
  expect(said).toEqual(['shut', 'open'])
  expect(clock.pending).toBe(0)
})

test('the last word counts, also a shorter one', () => {
  const { clock, said, settle } = open()
  settle(10_000)
  settle(1_000)
  clock.advance(1_000)
  expect(said).toEqual(['shut', 'shut', 'open'])
  clock.advance(60_000)
  expect(said).toHaveLength(3)
})

test('no more than 300 s is believed', () => {
  const { clock, said, settle } = open()
  settle(86_400_000)
  clock.advance(300_000)
  expect(said).toEqual(['shut', 'open'])
})

test.each([[undefined], [0], [-1], [Number.NaN]])('%s asks for nothing', (retryAfterMs) => {
  const { said, settle } = open()
  settle(retryAfterMs)
  expect(said).toEqual([])
})

test('an outcome without the time says nothing, and a reset opens', () => {
  const { clock, guard, peer, said, settle } = open()
  guard.settled?.(peer, answeredBad, moment)
  expect(said).toEqual([])
  settle(1_000)
  guard.reset?.(peer)
  expect(said).toEqual(['shut', 'open'])
  expect(clock.pending).toBe(0)
})

test('a peer that leaves is forgotten, and disposing leaves no timer', () => {
  const { clock, guard, peer, settle } = open()
  settle(1_000)
  guard.left?.(peer)
  expect(clock.pending).toBe(0)
  settle(1_000)
  guard[Symbol.dispose]()
  expect(clock.pending).toBe(0)
})

test('a bound that is not above 0 is refused', () => {
  expect(() => retryAfter({ maxMs: 0 })).toThrow('maxMs: 0 (expected: > 0)')
})
