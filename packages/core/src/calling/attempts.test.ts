import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { events } from '../events.ts'
import { LivePeer } from '../peers/peer.ts'
import { endpointAt, fakeClock, plainCall as get, seededRandom } from '../testing/index.ts'
import { type RetryOptions, RetryRules } from './attempts.ts'
import type { Call } from './call.ts'
import {
  answeredBad,
  answeredCancelled,
  answeredOverloaded,
  callerMaybeProcessed,
  callerUnprocessed,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
  failedUnprocessed,
  lostMaybeProcessed,
} from './outcome.ts'

const post: Call = { ...get, repeatable: false }
const tried = (count: number) =>
  Array.from({ length: count }, (_, row) => new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: 1 }))
const first = { moves: 0, repeats: 0 }

function open(options: RetryOptions = {}, openPeers = 5) {
  const clock = fakeClock()
  return { clock, rules: new RetryRules('user-service', clock, seededRandom(2), () => openPeers, options) }
}

describe('a request that was not processed', () => {
  test('moves at once, whatever its method, at most 3 times', () => {
    const { rules } = open()
    const call = { ...post, tried: tried(1) }
    expect([0, 1, 2].map((moves) => rules.again(call, failedUnprocessed, { moves, repeats: 0 }, 0))).toEqual([0, 0, 0])
    expect(rules.again(call, failedUnprocessed, { moves: 3, repeats: 0 }, 0)).toBeUndefined()
  })

  test('is free of budget and of maxAttempts', () => {
    const { rules } = open({ maxAttempts: 1, budget: { ratio: 0, minPerSecond: 0 } })
    expect(rules.again(post, failedUnprocessed, { moves: 2, repeats: 5 }, 0)).toBe(0)
  })

  test('waits a while when every open peer was tried', () => {
    const { rules } = open({}, 2)
    const delays = Array.from({ length: 50 }, () =>
      rules.again({ ...post, tried: tried(2) }, failedUnprocessed, first, 0),
    )
    expect(Math.max(...delays.map((delay) => delay ?? Number.NaN))).toBeLessThanOrEqual(25)
    expect(new Set(delays).size).toBeGreaterThan(40)
  })

  test('waits up to twice as long after each move', () => {
    const { rules } = open({ baseMs: 100, maxMs: 300 }, 1)
    for (const [moves, bound] of [100, 200, 300].entries()) {
      const delays = Array.from(
        { length: 200 },
        () => rules.again({ ...post, tried: tried(1) }, failedUnprocessed, { moves, repeats: 0 }, 0) ?? Number.NaN,
      )
      expect(Math.max(...delays)).toBeLessThanOrEqual(bound)
      expect(Math.max(...delays)).toBeGreaterThan(bound * 0.9)
    }
  })

  test('moves even though the peer said when to come back', () => {
    const { rules } = open({ budget: { ratio: 0, minPerSecond: 0 } }, 1)
    const refused = { ...failedUnprocessed, retryAfterMs: 5_000 }
    expect(rules.again({ ...post, tried: [] }, refused, first, 0)).toBe(0)
  })
})

describe('a request that may have been processed', () => {
  test.each([
    ['lost', lostMaybeProcessed],
    ['answered badly', answeredBad],
  ])('is not sent again unless repeatable, when it was %s', (_, outcome) => {
    const { rules } = open()
    expect(rules.again(post, outcome, first, 0)).toBeUndefined()
    expect(rules.again(get, outcome, first, 0)).toBeLessThanOrEqual(25)
  })

  test('is repeated within maxAttempts, moves not counted', () => {
    const { rules } = open()
    const again = (repeats: number) => rules.again(get, answeredBad, { moves: 3, repeats }, 0)
    expect([again(0), again(1), again(2)].map((delay) => delay !== undefined)).toEqual([true, true, false])
    expect(open({ maxAttempts: 1 }).rules.again(get, answeredBad, first, 0)).toBeUndefined()
  })

  test('is repeated within the budget, which only a repeat that happens spends', () => {
    const { rules } = open({ budget: { ratio: 0, minPerSecond: 0.1 } })
    expect(rules.budget.left(0)).toBe(1)
    rules.again(post, answeredBad, first, 0)
    rules.again(get, answeredBad, { moves: 0, repeats: 2 }, 0)
    rules.again({ ...get, deadline: 0 }, answeredBad, first, 0)
    rules.again(get, answeredOverloaded, first, 0)
    expect(rules.budget.left(0)).toBe(1)
    expect(rules.again(get, answeredBad, first, 0)).toBeDefined()
    expect(rules.budget.left(0)).toBe(0)
    expect(rules.again(get, answeredBad, first, 0)).toBeUndefined()
  })

  test('waits up to twice as long each time, up to the most', () => {
    const { rules } = open({ maxAttempts: 9, baseMs: 100, maxMs: 300, budget: { minPerSecond: 1_000 } })
    const longest = (repeats: number) =>
      Math.max(
        ...Array.from({ length: 200 }, () => rules.again(get, answeredBad, { moves: 0, repeats }, 0) ?? Number.NaN),
      )
    for (const [repeats, bound] of [100, 200, 300, 300].entries()) {
      expect(longest(repeats)).toBeLessThanOrEqual(bound)
      expect(longest(repeats)).toBeGreaterThan(bound * 0.9)
    }
  })
})

test('without options the first delay is at most 25 ms, and none is above 250 ms', () => {
  const { rules } = open({ maxAttempts: 99, budget: { minPerSecond: 1_000 } })
  const longest = (repeats: number) =>
    Math.max(
      ...Array.from({ length: 400 }, () => rules.again(get, answeredBad, { moves: 0, repeats }, 0) ?? Number.NaN),
    )
  expect(longest(0)).toBeGreaterThan(24)
  expect(longest(0)).toBeLessThanOrEqual(25)
  expect(longest(9)).toBeGreaterThan(240)
  expect(longest(9)).toBeLessThanOrEqual(250)
})

test.each([
  ['a fault of the caller, nothing sent', callerUnprocessed],
  ['a fault of the caller, bytes sent', callerMaybeProcessed],
  // With fate and verdict of a move, so that only the fault says no.
  ['a failure that is the fault of the caller', { ...failedUnprocessed, fault: 'caller' as const }],
  ['a call that was cancelled before it was sent', cancelledUnprocessed],
  ['a call that was cancelled while it waited', cancelledMaybeProcessed],
  ['a call that was cancelled in its answer', answeredCancelled],
])('%s never goes on', (_, outcome) => {
  expect(open().rules.again(get, outcome, first, 0)).toBeUndefined()
})

describe('Retry-After', () => {
  const asked = (ms: number) => ({ ...answeredOverloaded, retryAfterMs: ms })

  test('a 429 is repeated only if it says when', () => {
    const { rules } = open()
    expect(rules.again(get, answeredOverloaded, first, 0)).toBeUndefined()
    expect(rules.again(get, asked(2_000), first, 0)).toBe(0)
    expect(rules.again(post, asked(2_000), first, 0)).toBeUndefined()
  })

  test('with an untried peer the call goes on at once, else it waits for as long as was asked', () => {
    const { rules } = open({}, 2)
    expect(rules.again({ ...get, tried: tried(1) }, asked(2_000), first, 0)).toBe(0)
    expect(rules.again({ ...get, tried: tried(2) }, asked(2_000), first, 0)).toBe(2_000)
    expect(rules.again({ ...get, tried: tried(2) }, { ...answeredBad, retryAfterMs: 70 }, first, 0)).toBe(70)
  })

  test('nobody waits for more than 30 s', () => {
    const { rules } = open({}, 1)
    expect(rules.again({ ...get, tried: tried(1) }, asked(30_000), first, 0)).toBe(30_000)
    expect(rules.again({ ...get, tried: tried(1) }, asked(30_001), first, 0)).toBeUndefined()
  })
})

test('nothing is tried again that would begin at the deadline or later', () => {
  const { rules } = open({}, 1)
  const call = { ...get, tried: tried(1), deadline: 1_000 }
  const outcome = { ...answeredBad, retryAfterMs: 100 }
  expect(rules.again(call, outcome, first, 899)).toBe(100)
  expect(rules.again(call, outcome, first, 900)).toBeUndefined()
  expect(rules.again({ ...post, deadline: 1_000 }, failedUnprocessed, first, 1_000)).toBeUndefined()
})

test('a call that goes on is told to those who listen', () => {
  const heard: unknown[] = []
  const listener = (message: unknown) => heard.push(message)
  subscribe(events.again.name, listener)
  const { rules } = open({ budget: { ratio: 0, minPerSecond: 0.1 } })
  rules.again(post, failedUnprocessed, first, 0)
  const delayMs = rules.again(get, answeredBad, first, 0)
  rules.again(get, answeredBad, first, 0)
  unsubscribe(events.again.name, listener)
  expect(heard).toEqual([
    { service: 'user-service', kind: 'move', delayMs: 0, outcome: failedUnprocessed },
    { service: 'user-service', kind: 'repeat', delayMs, outcome: answeredBad },
  ])
})

test.each([
  [{ maxAttempts: 0 }, 'maxAttempts: 0 (expected: a whole number of at least 1)'],
  [{ maxAttempts: 2.5 }, 'maxAttempts: 2.5 (expected: a whole number of at least 1)'],
  [{ baseMs: -1 }, 'baseMs: -1 (expected: >= 0)'],
  [{ baseMs: 10, maxMs: 5 }, 'maxMs: 5 (expected: at least baseMs, 10)'],
  [{ budget: { ratio: 2 } }, 'ratio: 2 (expected: 0 to 1)'],
])('%o is refused', (options, text) => {
  expect(() => open(options)).toThrow(text)
})
