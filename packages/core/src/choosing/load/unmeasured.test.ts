import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { endpointAt } from '../../testing/index.ts'
import { PeakEwma } from './peak-ewma.ts'

// So long that nothing decays within a test.
const decayMs = 1e12

/** A peer that is not measured, and others; `start` is the latency that the first one starts from. */
function open(others: number) {
  const load = new PeakEwma(decayMs)
  const peers = Array.from(
    { length: others + 1 },
    (_, row) => new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY }),
  )
  for (const peer of peers) load.reset(peer)
  const [fresh, ...known] = peers as [LivePeer, ...LivePeer[]]
  const good = (peer: LivePeer | undefined, latencyMs: number, now: number): void =>
    load.answered(peer as LivePeer, 'good', { now, latencyMs, ageMs: latencyMs })
  return { load, fresh, known, good, start: (now: number): number => load.remembered(fresh, { now }) }
}

test('its one call makes it a million times dearer until the answer has come', () => {
  const { load, fresh, known, good } = open(1)
  good(known[0], 20, 0)
  expect(load.cost(fresh, { now: 0 })).toBe(20)
  fresh.inFlight = 1
  fresh.silentSince = 0
  // Twice the latency for the call in flight.
  expect(load.cost(fresh, { now: 0 })).toBe(20 * 2 * 1_000_000)
  fresh.inFlight = 0
  fresh.silentSince = Number.POSITIVE_INFINITY
  good(fresh, 7, 0)
  expect(load.cost(fresh, { now: 0 })).toBe(7)
})

test('the usual latency is looked at again after 100 ms', () => {
  const { known, good, start } = open(1)
  good(known[0], 10, 0)
  good(known[0], 50, 99)
  expect(start(99)).toBe(10)
  good(known[0], 50, 100)
  expect(start(100)).toBe(50)
})

test('the usual latency is looked at again after every 16 answers', () => {
  const { known, good, start } = open(1)
  good(known[0], 1, 0)
  for (let answer = 2; answer <= 40; answer++) {
    good(known[0], answer, 0)
    // The first look is at the first answer, the next ones at the 17th and the 33rd.
    expect(start(0)).toBe(answer - ((answer - 1) % 16))
  }
})

test('of more than 33 peers others are looked at each time', () => {
  const { known, good, start } = open(66)
  for (const [index, peer] of known.entries()) good(peer, index < 33 ? 10 : 500, 0)
  const starts = [100, 200, 300, 400].map((now) => {
    good(known[0], 10, now)
    return Math.round(start(now))
  })
  expect(new Set(starts)).toEqual(new Set([10, 500]))
})

test('a peer that left and came back as itself is a measure again once it has answered', () => {
  const { load, known, good, start } = open(2)
  good(known[0], 10, 0)
  load.left(known[0] as LivePeer)
  good(known[1], 300, 100)
  expect(start(100)).toBe(300)
  good(known[0], 10, 200)
  expect(start(200)).toBe(10)
})
