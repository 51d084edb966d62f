import { expect, test } from 'vitest'
import type { Call } from '../../calling/call.ts'
import { LivePeer } from '../../peers/peer.ts'
import { plainCall as call, endpointAt, policyKit, seededRandom } from '../../testing/index.ts'
import { weightedRoundRobinChooser } from './weighted-round-robin.ts'

function open(weights: readonly number[], seed = 1) {
  const chooser = weightedRoundRobinChooser(policyKit({ random: seededRandom(seed) }))
  const limit = { perPeer: 1 }
  const peers = weights.map((weight, row) => new LivePeer(row, endpointAt(`p${row}:80`, { weight }), limit))
  for (const peer of peers) chooser.join(peer, 1)
  chooser.flush()
  const next = (asked: Call = call): number | undefined => chooser.choose(asked, { now: 0 })?.row
  const counts = (picks: number): readonly number[] => {
    const found = peers.map(() => 0)
    for (let pick = 0; pick < picks; pick++) {
      const row = next()
      if (row === undefined) throw new Error('nobody was chosen')
      found[row] = (found[row] ?? 0) + 1
    }
    return found
  }
  return { chooser, peers, next, counts }
}

test('17, 23 and 37 give 22.08, 29.87 and 48.05 % of 100,000', () => {
  const { counts } = open([17, 23, 37])
  expect(counts(100_000).map((count) => (count / 1_000).toFixed(2))).toEqual(['22.08', '29.87', '48.05'])
})

test('turns are spread over the round: nobody waits longer than about one turn of its own beyond its due', () => {
  const { next } = open([1, 2, 5])
  const last = new Map<number, number>()
  for (let pick = 0; pick < 8_000; pick++) {
    const row = next() as number
    const due = 8 / ([1, 2, 5][row] as number)
    expect(pick - (last.get(row) ?? pick)).toBeLessThanOrEqual(2 * due)
    last.set(row, pick)
  }
})

test('equal weights are plain rounds, also after the heaviest has left', () => {
  const { chooser, peers, next } = open([3, 3, 3, 90])
  chooser.leave(peers[3] as LivePeer)
  chooser.flush()
  next()
  for (let round = 0; round < 50; round++) expect([next(), next(), next()].sort()).toEqual([0, 1, 2])
})

test('weights beyond ten times the mean, or below a tenth of it, are clamped: each has turns, and choosing stays short', () => {
  const weights = [...Array.from({ length: 49 }, () => 1), 1_000_000, 0.000_001]
  const { counts, next } = open(weights)
  const found = counts(200_000)
  // The mean is far above the light ones: they are clamped to a tenth of it, the heavy one to ten times.
  expect((found[49] as number) / (found[0] as number)).toBeGreaterThan(90)
  expect((found[49] as number) / (found[0] as number)).toBeLessThan(110)
  expect(found[50]).toBeGreaterThan(0)
  expect(next()).toBeDefined()
})

test.each([90, 200, 1_000])('among %i light peers and a heavy one every choice finds a turn', (light) => {
  const { counts } = open([10, ...Array.from({ length: light }, () => 1)])
  const rounds = 100
  const found = counts((light + 10) * rounds)
  // A round that the start or the end cuts through may be missing or be there twice.
  expect(Math.abs((found[0] as number) - 10 * rounds)).toBeLessThanOrEqual(10)
  for (const count of found.slice(1)) expect(Math.abs(count - rounds)).toBeLessThanOrEqual(2)
})

test('a weight that changed counts from the next turn on', () => {
  const { chooser, peers, counts } = open([1, 1])
  const peer = peers[0] as LivePeer
  peer.endpoint = endpointAt(peer.endpoint.locator, { weight: 3 })
  chooser.alter(peer, 1)
  chooser.flush()
  const [heavy, light] = counts(40_000) as [number, number]
  expect(heavy / light).toBeCloseTo(3, 1)
})

test('a share multiplies the weight', () => {
  const { chooser, peers, counts } = open([2, 2])
  chooser.alter(peers[0] as LivePeer, 0.5)
  chooser.flush()
  const [half, whole] = counts(30_000) as [number, number]
  expect(whole / half).toBeCloseTo(2, 1)
})

test('soon after the heaviest has left nobody is skipped any more', () => {
  const { chooser, peers, next } = open([...Array.from({ length: 200 }, () => 1), 50])
  chooser.leave(peers[200] as LivePeer)
  chooser.flush()
  // One look at all the weights, eight at a time.
  for (let pick = 0; pick < 25; pick++) next()
  const start = next() as number
  for (let pick = 1; pick <= 400; pick++) expect(next()).toBe((start + pick) % 200)
})

test('the round is drawn as well: the light peer of many clients does not have its turn at the same time', () => {
  const turns = Array.from({ length: 300 }, (_, seed) => {
    const { next } = open([9, 1], seed)
    return Array.from({ length: 20 }, () => next()).indexOf(1)
  })
  for (let turn = 0; turn < 10; turn++) {
    // About 30 are due at each of the first ten picks.
    expect(turns.filter((other) => other === turn).length, `pick ${turn}`).toBeGreaterThan(5)
  }
})
