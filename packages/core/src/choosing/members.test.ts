import { describe, expect, test } from 'vitest'
import { LivePeer } from '../peers/peer.ts'
import { endpointAt, seededRandom } from '../testing/index.ts'
import { byShare, byWeight, Members } from './members.ts'

let rows = 0
const limit = { perPeer: Number.POSITIVE_INFINITY }
const weighing = (weight: number): LivePeer => new LivePeer(rows++, endpointAt(`p${rows}:80`, { weight }), limit)
const reweigh = (peer: LivePeer, weight: number): void => {
  peer.endpoint = endpointAt(peer.endpoint.locator, { weight })
}

/** Draws by peer. */
function drawn(members: Members, seed: number, draws: number, except = -1): ReadonlyMap<unknown, number> {
  const random = seededRandom(seed)
  const counts = new Map<unknown, number>()
  for (let draw = 0; draw < draws; draw++) {
    const peer = members.peers[members.draw(random, except)]
    counts.set(peer, (counts.get(peer) ?? 0) + 1)
  }
  return counts
}

/** Fails where a count is more than 5 standard deviations away from its due: chance does that once in a million. */
function expectShares(counts: ReadonlyMap<unknown, number>, weights: ReadonlyMap<unknown, number>, what: string): void {
  const draws = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  for (const [peer, weight] of weights) {
    const share = weight / total
    const deviation = Math.sqrt(draws * share * (1 - share)) + 1
    expect(Math.abs((counts.get(peer) ?? 0) - draws * share), what).toBeLessThan(5 * deviation)
  }
}

describe('after any history of joins, changes and leaves', () => {
  test('draws follow the weights, and the heaviest is known', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const members = new Members(byWeight)
      const weights = new Map<LivePeer, number>()
      for (let step = 0; step < 80; step++) {
        const known = [...weights.keys()]
        const peer = known[random.below(known.length + 3)]
        const weight = 1 + random.below(10)
        if (peer === undefined) {
          const joining = weighing(weight)
          weights.set(joining, weight)
          members.join(joining, 1)
        } else if (random.next() < 0.5) {
          reweigh(peer, weight)
          weights.set(peer, weight)
          members.alter(peer, 1)
        } else {
          weights.delete(peer)
          members.leave(peer)
        }
      }
      if (weights.size < 2) continue
      expect(members.heaviest, `seed ${seed}`).toBe(Math.max(...weights.values()))
      const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
      expect(members.meanWeight, `seed ${seed}`).toBeCloseTo(sum / weights.size, 9)
      expect(new Set(members.peers), `seed ${seed}`).toEqual(new Set(weights.keys()))
      expectShares(drawn(members, seed, 20_000), weights, `seed ${seed}`)
    }
  })
})

test('a draw with an exception never gives it and follows the weights of the others', () => {
  const members = new Members(byWeight)
  const peers = [1, 2, 3, 4].map(weighing)
  for (const peer of peers) members.join(peer, 1)
  const counts = drawn(members, 9, 40_000, 3)
  expect(counts.has(peers[3])).toBe(false)
  expectShares(counts, new Map(peers.slice(0, 3).map((peer) => [peer, peer.endpoint.weight])), 'without the fourth')
})

test('of two the other one is always drawn', () => {
  const members = new Members(byWeight)
  const [first, second] = [weighing(1), weighing(100)] as const
  members.join(first, 1)
  members.join(second, 1)
  const random = seededRandom(2)
  for (let draw = 0; draw < 100; draw++) {
    expect(members.draw(random, 0)).toBe(1)
    expect(members.draw(random, 1)).toBe(0)
  }
})

test('one that outweighs all others together has its share, and no more', () => {
  const members = new Members(byWeight)
  const peers = [100, ...Array.from({ length: 99 }, () => 1)].map(weighing)
  for (const peer of peers) members.join(peer, 1)
  expectShares(drawn(members, 4, 40_000), new Map(peers.map((peer) => [peer, peer.endpoint.weight])), '100 to 99')
})

test('what was rounded in the sum of weights is forgotten when the last has left', () => {
  const members = new Members(byWeight)
  const [small, large] = [weighing(0.1), weighing(1_000_000)] as const
  members.join(small, 1)
  members.join(large, 1)
  members.leave(large)
  members.leave(small)
  members.join(small, 1)
  expect(members.meanWeight).toBe(0.1)
})

test('weight times share is drawn by weight, share alone by share', () => {
  const weighted = new Members(byWeight)
  const shared = new Members(byShare)
  const peer = weighing(4)
  weighted.join(peer, 0.5)
  shared.join(peer, 0.5)
  expect([weighted.weightAt(0), shared.weightAt(0)]).toEqual([2, 0.5])
})

test('joining twice is a change, and changing or leaving what is not there is nothing', () => {
  const members = new Members(byWeight)
  const [peer, stranger] = [weighing(1), weighing(1)] as const
  members.join(peer, 1)
  members.join(peer, 3)
  members.alter(stranger, 1)
  members.leave(stranger)
  expect([members.size, members.weightAt(0), members.meanWeight]).toEqual([1, 3, 3])
})

test('more than 64 members have room', () => {
  const members = new Members(byWeight)
  for (let count = 0; count < 200; count++) members.join(weighing(1 + (count % 2)), 1)
  expect(members.weightAt(199)).toBe(2)
  expect(members.meanWeight).toBe(1.5)
})
