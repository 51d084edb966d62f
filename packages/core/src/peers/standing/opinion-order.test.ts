import { expect, test } from 'vitest'
import { endpointsAt, seededRandom } from '../../testing/index.ts'
import { LivePeer } from '../peer.ts'
import { OpinionOrder } from './opinion-order.ts'

const unlimited = { perPeer: Number.POSITIVE_INFINITY }

function makePeers(count: number): readonly LivePeer[] {
  return endpointsAt(count).map((endpoint, row) => new LivePeer(row, endpoint, unlimited))
}

/** Steps to the end and says which rows were passed, in order. */
function settle(order: OpinionOrder, cap: number): readonly number[] {
  const rows: number[] = []
  for (let peer = order.step(cap); peer !== undefined; peer = order.step(cap)) rows.push(peer.row)
  return rows
}

function counting(order: OpinionOrder, peers: readonly LivePeer[]): readonly number[] {
  return peers.filter((peer) => order.counts(peer)).map(({ row }) => row)
}

test('an opinion counts only after a step has passed it', () => {
  const order = new OpinionOrder()
  const [peer] = makePeers(1) as [LivePeer]
  order.add(peer)
  expect(order.counts(peer)).toBe(false)
  expect(order.step(1)).toBe(peer)
  expect(order.counts(peer)).toBe(true)
  expect(order.step(1)).toBeUndefined()
})

test('the oldest count first, and the youngest cease to count first', () => {
  const order = new OpinionOrder()
  const peers = makePeers(4)
  for (const row of [2, 0, 3, 1]) order.add(peers[row] as LivePeer)
  expect(settle(order, 3)).toEqual([2, 0, 3])
  expect(settle(order, 1)).toEqual([3, 0])
  expect(counting(order, peers)).toEqual([2])
})

test('one that is added again keeps its age', () => {
  const order = new OpinionOrder()
  const peers = makePeers(2) as [LivePeer, LivePeer]
  for (const peer of [...peers, peers[0]]) order.add(peer)
  expect(settle(order, 1)).toEqual([0])
})

test('one that was removed and added again is the youngest', () => {
  const order = new OpinionOrder()
  const peers = makePeers(2) as [LivePeer, LivePeer]
  for (const peer of peers) order.add(peer)
  settle(order, 1)
  order.remove(peers[0])
  order.add(peers[0])
  expect(settle(order, 1)).toEqual([1])
})

test('the place of one that counted goes to the oldest that did not', () => {
  const order = new OpinionOrder()
  const peers = makePeers(4)
  for (const peer of peers) order.add(peer)
  settle(order, 2)
  order.remove(peers[0] as LivePeer)
  expect(settle(order, 2)).toEqual([2])
  expect(counting(order, peers)).toEqual([1, 2])
})

test('removing one that is not there changes nothing', () => {
  const order = new OpinionOrder()
  const [there, missing] = makePeers(2) as [LivePeer, LivePeer]
  order.add(there)
  settle(order, 2)
  order.remove(missing)
  expect(order.step(1)).toBeUndefined()
  expect(order.counts(there)).toBe(true)
})

test('after any history, the oldest up to the cap count, as in a plain array', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const peers = makePeers(9)
    const order = new OpinionOrder()
    const list: LivePeer[] = []
    let cap = 0
    for (let step = 0; step < 150; step++) {
      const peer = peers[random.below(peers.length)] as LivePeer
      const index = list.indexOf(peer)
      const change = random.below(5)
      if (change < 2) {
        order.add(peer)
        if (index < 0) list.push(peer)
      } else if (change < 4) {
        order.remove(peer)
        if (index >= 0) list.splice(index, 1)
      } else cap = random.below(6)
      // Several changes may come between two moves of the border.
      if (random.below(3) === 0) continue
      settle(order, cap)
      const expected = list.slice(0, cap).map(({ row }) => row)
      expect(counting(order, peers), `seed ${seed}, step ${step}`).toEqual(expected.sort((a, b) => a - b))
    }
  }
})
