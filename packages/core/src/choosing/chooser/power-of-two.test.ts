import { expect, test } from 'vitest'
import type { Call } from '../../calling/call.ts'
import { LivePeer } from '../../peers/peer.ts'
import { plainCall as call, endpointAt, policyKit, seededRandom } from '../../testing/index.ts'
import { constant } from '../load/constant.ts'
import { pending } from '../load/pending.ts'
import type { Load } from '../load.ts'
import { powerOfTwoChooser } from './power-of-two.ts'

function open(count: number, load: Load = pending(), weights: readonly number[] = []) {
  const chooser = powerOfTwoChooser(policyKit({ random: seededRandom(7) }), load)
  const limit = { perPeer: Number.POSITIVE_INFINITY }
  const peers = Array.from(
    { length: count },
    (_, row) => new LivePeer(row, endpointAt(`p${row}:80`, { weight: weights[row] ?? 1 }), limit),
  )
  for (const peer of peers) chooser.join(peer, 1)
  chooser.flush()
  const counts = (picks: number, asked: Call = call): readonly number[] => {
    const found = peers.map(() => 0)
    for (let pick = 0; pick < picks; pick++) {
      const row = chooser.choose(asked, { now: 0 })?.row
      if (row !== undefined) found[row] = (found[row] ?? 0) + 1
    }
    return found
  }
  return { chooser, peers, limit, counts }
}

test.each([2, 3, 10])('the one busy peer of %i gets nothing: two are drawn without replacement', (count) => {
  const { peers, counts } = open(count)
  ;(peers[0] as LivePeer).inFlight = 1
  expect(counts(5_000)[0]).toBe(0)
})

test('all alike are chosen alike', () => {
  const { counts } = open(5)
  // 10,000 are due; 5 standard deviations are 447.
  for (const count of counts(50_000)) expect(Math.abs(count - 10_000)).toBeLessThan(447)
})

test('the cheaper of the pair is chosen: the k-th cheapest of n has 2(n - k) of n(n - 1) shares', () => {
  const { peers, counts } = open(4)
  for (const peer of peers) peer.inFlight = peer.row
  const due = [6, 4, 2, 0].map((shares) => (shares / 12) * 30_000)
  for (const [row, count] of counts(30_000).entries()) expect(Math.abs(count - (due[row] as number))).toBeLessThan(450)
})

test('with a load that is the same everywhere draws follow the weights of pairs', () => {
  const { counts } = open(2, constant(), [1, 3])
  const [light, heavy] = counts(40_000) as [number, number]
  // Of two both are drawn, and the first drawn wins a tie.
  expect(heavy / light).toBeCloseTo(3, 0)
})

test('a load that compares by itself is asked to', () => {
  const asked: string[] = []
  const { counts } = open(2, {
    name: 'comparing',
    cost: () => {
      throw new Error('not asked')
    },
    prefers: (first, second) => {
      asked.push(`${first.row}${second.row}`)
      return first.row === 1
    },
  })
  expect(counts(50)).toEqual([0, 50])
  expect(new Set(asked)).toEqual(new Set(['01', '10']))
})

test('one peer is chosen without a draw, unless it is full or was tried', () => {
  const { chooser, peers, limit } = open(1)
  const peer = peers[0] as LivePeer
  expect(chooser.choose(call, { now: 0 })).toBe(peer)
  expect(chooser.choose({ ...call, tried: [peer] }, { now: 0 })).toBeUndefined()
  limit.perPeer = 0
  expect(chooser.choose(call, { now: 0 })).toBeUndefined()
  chooser.leave(peer)
  expect(chooser.choose(call, { now: 0 })).toBeUndefined()
})

test('of a pair with one that is full or was tried the other is chosen, however dear', () => {
  const { peers, counts } = open(3)
  const [first, second, third] = peers as [LivePeer, LivePeer, LivePeer]
  third.inFlight = 100
  expect(counts(200, { ...call, tried: [first, second] })[2]).toBeGreaterThan(150)
  expect(counts(200, { ...call, tried: [first, second] }).slice(0, 2)).toEqual([0, 0])
})

test.each(['tried', 'full'])('of two of which one is %s the other is always chosen, of two such nobody', (how) => {
  const { chooser, peers, limit } = open(2)
  const [first, second] = peers as [LivePeer, LivePeer]
  limit.perPeer = 5
  const without = (...gone: readonly LivePeer[]) => {
    for (const peer of peers) peer.inFlight = how === 'full' && gone.includes(peer) ? 5 : 0
    return Array.from({ length: 50 }, () => chooser.choose({ ...call, tried: how === 'tried' ? gone : [] }, { now: 0 }))
  }
  expect(new Set(without(first))).toEqual(new Set([second]))
  expect(new Set(without(second))).toEqual(new Set([first]))
  expect(new Set(without(first, second))).toEqual(new Set([undefined]))
})
