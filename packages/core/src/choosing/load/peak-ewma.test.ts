import { expect, test } from 'vitest'
import {
  answeredBad,
  answeredCancelled,
  callerMaybeProcessed,
  cancelledMaybeProcessed,
  lostMaybeProcessed,
  type Outcome,
} from '../../calling/outcome.ts'
import { LivePeer } from '../../peers/peer.ts'
import { endpointAt, seededRandom } from '../../testing/index.ts'
import { PeakEwma } from './peak-ewma.ts'

const decayMs = 1_000

function open(count: number, weight = 1) {
  const load = new PeakEwma(decayMs)
  const peers = Array.from(
    { length: count },
    (_, row) => new LivePeer(row, endpointAt(`p${row}:80`, { weight }), { perPeer: Number.POSITIVE_INFINITY }),
  )
  for (const peer of peers) load.reset(peer)
  return {
    load,
    peers,
    peer: peers[0] as LivePeer,
    good: (peer: LivePeer, latencyMs: number, now: number) =>
      load.answered(peer, 'good', { now, latencyMs, ageMs: latencyMs }),
    failed: (peer: LivePeer, outcome: Outcome, ageMs: number, now: number) =>
      load.failed(peer, outcome, { now, latencyMs: Number.NaN, ageMs }),
    settled: (peer: LivePeer, outcome: Outcome, ageMs: number, now: number) =>
      load.settled(peer, outcome, { now, latencyMs: Number.NaN, ageMs }),
  }
}

test('the first answer is the value, and a slower one replaces it whole', () => {
  const { load, peer, good } = open(1)
  good(peer, 20, 0)
  expect(load.cost(peer, { now: 0 })).toBe(20)
  good(peer, 90, 0)
  expect(load.cost(peer, { now: 0 })).toBe(90)
})

test('a faster answer is averaged in by the time that has passed', () => {
  const { load, peer, good } = open(1)
  good(peer, 100, 0)
  good(peer, 30, decayMs)
  expect(load.cost(peer, { now: decayMs })).toBeCloseTo(100 * Math.exp(-1) + 30 * (1 - Math.exp(-1)), 2)
})

test('a faster answer in the same moment changes nothing', () => {
  const { load, peer, good } = open(1)
  good(peer, 100, 0)
  good(peer, 60, 0)
  expect(load.cost(peer, { now: 0 })).toBe(100)
})

test('an answer that is slower than the decayed value replaces it, though it is faster than the value was', () => {
  const { load, peer, good } = open(1)
  good(peer, 100, 0)
  good(peer, 40, decayMs)
  expect(load.cost(peer, { now: decayMs })).toBe(40)
})

test('the value decays while nothing is heard, and never below a millisecond', () => {
  const { load, peer, good } = open(1)
  good(peer, 100, 0)
  expect(load.cost(peer, { now: 2 * decayMs })).toBeCloseTo(100 * Math.exp(-2), 2)
  expect(load.cost(peer, { now: 10 * decayMs })).toBe(1)
  good(peer, 0.1, 10 * decayMs)
  expect(load.cost(peer, { now: 10 * decayMs })).toBe(1)
})

test('reading does not change what is read later', () => {
  const { load, peer, good } = open(1)
  good(peer, 100, 0)
  for (let now = 0; now < decayMs; now += 10) load.cost(peer, { now })
  expect(load.cost(peer, { now: decayMs })).toBeCloseTo(100 * Math.exp(-1), 2)
})

test('calls in flight multiply the latency, divided by the weight', () => {
  const light = open(1)
  light.good(light.peer, 10, 0)
  light.peer.inFlight = 4
  expect(light.load.cost(light.peer, { now: 0 })).toBe(50)
  const heavy = open(1, 2)
  heavy.good(heavy.peer, 10, 0)
  heavy.peer.inFlight = 4
  expect(heavy.load.cost(heavy.peer, { now: 0 })).toBe(30)
})

test.each(['bad', 'overloaded'] as const)('an answer that is %s counts as 5 s, however fast it was', (verdict) => {
  const { load, peer } = open(1)
  load.answered(peer, verdict, { now: 0, latencyMs: 2, ageMs: 2 })
  expect(load.cost(peer, { now: 0 })).toBe(5_000)
})

test('an answer whose caller went away says nothing', () => {
  const { load, peer, good } = open(1)
  good(peer, 10, 0)
  load.answered(peer, 'cancelled', { now: 0, latencyMs: 900, ageMs: 900 })
  expect(load.cost(peer, { now: 0 })).toBe(10)
})

test('a failure counts as 5 s, or as its age if it took longer to fail', () => {
  const quick = open(1)
  quick.failed(quick.peer, lostMaybeProcessed, 3, 0)
  expect(quick.load.cost(quick.peer, { now: 0 })).toBe(5_000)
  const slow = open(1)
  slow.failed(slow.peer, lostMaybeProcessed, 30_000, 0)
  expect(slow.load.cost(slow.peer, { now: 0 })).toBe(30_000)
})

test('a body that was cut counts as 5 s, whatever the length of the stream', () => {
  const { load, peer, failed } = open(1)
  failed(peer, answeredBad, 3_600_000, 0)
  expect(load.cost(peer, { now: 0 })).toBe(5_000)
})

test('silence counts from its first moment beyond the value, and is forgotten with the answer', () => {
  const { load, peer, good } = open(1)
  good(peer, 10, 0)
  peer.inFlight = 1
  peer.silentSince = 0
  expect(load.cost(peer, { now: 5 })).toBeCloseTo(2 * 10 * Math.exp(-0.005), 2)
  expect(load.cost(peer, { now: 400 })).toBe(800)
  peer.silentSince = Number.POSITIVE_INFINITY
  peer.inFlight = 0
  expect(load.cost(peer, { now: 400 })).toBeCloseTo(10 * Math.exp(-0.4), 2)
})

test('three answers in a row below half the value replace it by the slowest of them', () => {
  const { load, peer, good } = open(1)
  good(peer, 1_000, 0)
  good(peer, 20, 1)
  good(peer, 30, 2)
  expect(load.cost(peer, { now: 2 })).toBeGreaterThan(990)
  good(peer, 25, 3)
  expect(load.cost(peer, { now: 3 })).toBe(30)
})

test('an answer above half the value, or a failure, begins the count of fast ones anew', () => {
  const { load, peer, good, failed } = open(1)
  good(peer, 1_000, 0)
  good(peer, 20, 1)
  good(peer, 20, 2)
  good(peer, 700, 3)
  good(peer, 20, 4)
  good(peer, 20, 5)
  failed(peer, lostMaybeProcessed, 1, 6)
  good(peer, 20, 7)
  good(peer, 20, 8)
  expect(load.cost(peer, { now: 8 })).toBeGreaterThan(4_900)
  good(peer, 20, 9)
  expect(load.cost(peer, { now: 9 })).toBe(20)
})

test('a call that was cancelled while it waited teaches its age if it is more than what is known', () => {
  const { load, peer, good, settled } = open(1)
  good(peer, 100, 0)
  settled(peer, cancelledMaybeProcessed, 60, 0)
  expect(load.cost(peer, { now: 0 })).toBe(100)
  settled(peer, cancelledMaybeProcessed, 250, 0)
  expect(load.cost(peer, { now: 0 })).toBe(250)
})

test('a call that was cancelled teaches nothing if its answer had come, or if this process was at fault', () => {
  const { load, peer, good, settled } = open(1)
  good(peer, 100, 0)
  settled(peer, answeredCancelled, 9_000, 0)
  settled(peer, callerMaybeProcessed, 9_000, 0)
  expect(load.cost(peer, { now: 0 })).toBe(100)
})

test('while nobody is measured all cost the same, and calls spread by those in flight', () => {
  const { load, peers } = open(2)
  const [first, second] = peers as [LivePeer, LivePeer]
  expect([load.cost(first, { now: 0 }), load.cost(second, { now: 0 })]).toEqual([1, 1])
  first.inFlight = 3
  first.silentSince = 0
  expect([load.cost(first, { now: 0 }), load.cost(second, { now: 0 })]).toEqual([4, 1])
})

test('an unmeasured peer starts from the median of the others', () => {
  const { load, peers, good } = open(4)
  for (const [row, latencyMs] of [10, 500, 30].entries()) {
    good(peers[row] as LivePeer, latencyMs, row * 100)
  }
  const decayed = 10 * Math.exp(-0.2)
  const known = [decayed, 500 * Math.exp(-0.1), 30].sort((one, other) => one - other)
  expect(load.cost(peers[3] as LivePeer, { now: 200 })).toBeCloseTo(known[1] as number, 2)
})

test('of two measured peers the better is the usual one', () => {
  const { load, peers, good } = open(3)
  good(peers[0] as LivePeer, 900, 0)
  good(peers[1] as LivePeer, 10, 200)
  expect(load.cost(peers[2] as LivePeer, { now: 200 })).toBe(10)
})

test('an unmeasured peer that owes its first answer is dearer than the worst, whichever way it began', () => {
  const { load, peers, failed } = open(3)
  const [known, other, fresh] = peers as [LivePeer, LivePeer, LivePeer]
  failed(known, lostMaybeProcessed, 30_000, 0)
  failed(other, lostMaybeProcessed, 30_000, 200)
  expect(load.prefers(fresh, known, { now: 200 })).toBe(true)
  fresh.inFlight = 1
  fresh.silentSince = 200
  known.inFlight = 1_000
  expect(load.prefers(fresh, known, { now: 200 })).toBe(false)
})

test('an unmeasured peer whose one call has its head but not its end may have more', () => {
  const { load, peers, good } = open(2)
  const [known, fresh] = peers as [LivePeer, LivePeer]
  good(known, 10, 0)
  fresh.inFlight = 1
  expect(load.cost(fresh, { now: 0 })).toBe(20)
})

test('a peer that begins afresh is unmeasured again', () => {
  const { load, peers, good, failed } = open(2)
  const [known, healed] = peers as [LivePeer, LivePeer]
  good(known, 10, 0)
  failed(healed, lostMaybeProcessed, 1, 1)
  load.reset(healed)
  good(known, 10, 200)
  expect(load.cost(healed, { now: 200 })).toBeCloseTo(load.cost(known, { now: 200 }), 5)
})

test('a peer that has left is no measure for the others', () => {
  const { load, peers, good } = open(4)
  const [first, second, third, fresh] = peers as [LivePeer, LivePeer, LivePeer, LivePeer]
  good(first, 10, 0)
  good(second, 600, 1)
  good(third, 600, 2)
  load.left(second)
  load.left(third)
  good(first, 10, 200)
  expect(load.cost(fresh, { now: 200 })).toBeCloseTo(load.cost(first, { now: 200 }), 5)
})

test('to prefer is to cost no more, after any history', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed)
    const { load, peers, good, failed, settled } = open(5)
    let now = 0
    for (let step = 0; step < 50; step++) {
      now += random.below(300)
      const peer = peers[random.below(peers.length)] as LivePeer
      const action = random.below(5)
      if (action === 0) good(peer, random.below(400), now)
      else if (action === 1) failed(peer, lostMaybeProcessed, random.below(9_000), now)
      else if (action === 2) settled(peer, cancelledMaybeProcessed, random.below(900), now)
      else if (action === 3) load.reset(peer)
      else {
        peer.inFlight = random.below(4)
        peer.silentSince = peer.inFlight > 0 && random.next() < 0.5 ? now - random.below(500) : Number.POSITIVE_INFINITY
      }
      const disagree = peers.some((first) =>
        peers.some(
          (second) => load.prefers(first, second, { now }) !== load.cost(first, { now }) <= load.cost(second, { now }),
        ),
      )
      expect(disagree, `seed ${seed} step ${step}`).toBe(false)
    }
  }
})

test('a newcomer starts from the usual latency of now, not from the slow first answers of the process', () => {
  const load = new PeakEwma(10_000)
  const [known, newcomer] = ['10.0.0.1:80', '10.0.0.2:80'].map(
    (locator, row) => new LivePeer(row, endpointAt(locator), { perPeer: Number.POSITIVE_INFINITY }),
  ) as [LivePeer, LivePeer]
  for (const peer of [known, newcomer]) load.reset(peer)
  load.answered(known, 'good', { now: 0, latencyMs: 40, ageMs: 40 })
  expect(load.cost(newcomer, { now: 0 })).toBe(40)
  // All within a millisecond: no time passes that would make the median old.
  for (let answer = 0; answer < 16; answer++) load.answered(known, 'good', { now: 0.5, latencyMs: 2, ageMs: 2 })
  expect(load.cost(newcomer, { now: 0.5 })).toBeLessThan(3)
})
