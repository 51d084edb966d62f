import { describe, expect, test } from 'vitest'
import { lostMaybeProcessed } from '../../calling/outcome.ts'
import type { Random } from '../../random.ts'
import { endpointAt, fakeClock, policyKit, seededRandom } from '../../testing/index.ts'
import type { Kit } from '../kit.ts'
import { LivePeer } from '../peer.ts'
import { type ConsecutiveFailuresOptions, consecutiveFailures } from './consecutive-failures.ts'

const moment = { now: 0, latencyMs: 1, ageMs: 1 }
const leastChance: Random = { next: () => 0, below: () => 0 }

function open(options?: ConsecutiveFailuresOptions, random: Random = leastChance) {
  const clock = fakeClock()
  const said: string[] = []
  const kit: Kit = policyKit({ clock, random })
  const guard = consecutiveFailures(options)(kit, {
    say: (_, peer, standing) => said.push(`${peer.endpoint.address} ${standing}`),
    owe: (peer) => said.push(`${peer.endpoint.address} owed`),
  })
  const peer = new LivePeer(0, endpointAt('a:80'), { perPeer: Number.POSITIVE_INFINITY })
  guard.reset?.(peer)
  const hear = (verdict: 'good' | 'bad' | 'overloaded' | 'cancelled', times = 1): void => {
    for (let time = 0; time < times; time++) guard.answered?.(peer, verdict, moment)
  }
  return { clock, guard, peer, said, hear }
}

test('four failures in a row say nothing, the fifth shuts', () => {
  const { hear, said } = open()
  hear('bad', 4)
  expect(said).toEqual([])
  hear('bad')
  expect(said).toEqual(['a shut'])
})

test('a good answer begins the count anew', () => {
  const { hear, said } = open()
  hear('bad', 4)
  hear('good')
  hear('bad', 4)
  expect(said).toEqual([])
})

test('a 429 and a cancelled call neither count nor heal', () => {
  const { hear, said } = open()
  hear('overloaded', 20)
  hear('cancelled', 20)
  hear('bad', 4)
  hear('overloaded')
  hear('cancelled')
  expect(said).toEqual([])
  hear('bad')
  expect(said).toEqual(['a shut'])
})

test('a lost connection counts as a bad answer does', () => {
  const { guard, peer, hear, said } = open()
  hear('bad', 4)
  guard.failed?.(peer, lostMaybeProcessed, moment)
  expect(said).toEqual(['a shut'])
})

describe('a peer that is shut', () => {
  test('is owed one trial when its time is over, and no second one while that is awaited', () => {
    const { clock, hear, said } = open()
    hear('bad', 5)
    clock.advance(29_999)
    expect(said).toEqual(['a shut'])
    clock.advance(1)
    expect(said).toEqual(['a shut', 'a owed'])
    clock.advance(3_600_000)
    expect(said).toEqual(['a shut', 'a owed'])
  })

  test('is not shut for longer by failures of calls from before', () => {
    const { clock, hear, said } = open()
    hear('bad', 5)
    clock.advance(29_000)
    hear('bad', 50)
    clock.advance(1_000)
    expect(said).toEqual(['a shut', 'a owed'])
  })

  test('waits longer by the base time after each trial that fails, up to the most', () => {
    const { clock, hear, said } = open({ baseMs: 1_000, maxMs: 2_500 })
    hear('bad', 5)
    for (const ms of [1_000, 2_000, 2_500, 2_500]) {
      said.length = 0
      clock.advance(ms - 1)
      expect(said).toEqual([])
      clock.advance(1)
      expect(said).toEqual(['a owed'])
      hear('bad')
    }
  })

  test('fails its trial by a 429', () => {
    const { clock, hear, said } = open({ baseMs: 1_000 })
    hear('bad', 5)
    clock.advance(1_000)
    hear('overloaded')
    said.length = 0
    clock.advance(1_999)
    expect(said).toEqual([])
    clock.advance(1)
    expect(said).toEqual(['a owed'])
  })

  test('is not opened by a good answer that was no trial', () => {
    const { hear, said } = open()
    hear('bad', 5)
    hear('good', 10)
    expect(said).toEqual(['a shut'])
  })

  test('is opened by a reset, which forgets failures and times shut', () => {
    const { clock, guard, peer, hear, said } = open({ baseMs: 1_000 })
    hear('bad', 5)
    clock.advance(1_000)
    hear('bad')
    guard.reset?.(peer)
    expect(said.at(-1)).toBe('a open')
    expect(clock.pending).toBe(0)
    hear('bad', 4)
    expect(said.at(-1)).toBe('a open')
    hear('bad')
    said.length = 0
    clock.advance(1_000)
    expect(said).toEqual(['a owed'])
  })

  test('is forgotten when it leaves, timer and all', () => {
    const { clock, guard, peer, hear, said } = open()
    hear('bad', 5)
    guard.left?.(peer)
    expect(clock.pending).toBe(0)
    clock.advance(60_000)
    expect(said).toEqual(['a shut'])
  })
})

test('the time is longer by chance, by at most a tenth', () => {
  const random = seededRandom(5)
  const times = Array.from({ length: 200 }, () => {
    const { clock, hear, said } = open({ baseMs: 1_000 }, random)
    hear('bad', 5)
    for (let ms = 0; ; ms++) {
      if (said.includes('a owed')) return ms
      clock.advance(1)
    }
  })
  expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000)
  expect(Math.max(...times)).toBeLessThanOrEqual(1_100)
  expect(new Set(times).size).toBeGreaterThan(50)
})

test('disposing leaves no timer', () => {
  const { clock, guard, hear } = open()
  hear('bad', 5)
  guard[Symbol.dispose]()
  expect(clock.pending).toBe(0)
})

test.each([
  [{ failures: 0 }, 'failures: 0 (expected: a whole number of at least 1)'],
  [{ failures: 1.5 }, 'failures: 1.5 (expected: a whole number of at least 1)'],
  [{ baseMs: 0 }, 'baseMs: 0 (expected: > 0)'],
  [{ baseMs: 10, maxMs: 9 }, 'maxMs: 9 (expected: at least baseMs, 10)'],
])('%o is refused', (options, text) => {
  expect(() => consecutiveFailures(options)).toThrow(text)
})
