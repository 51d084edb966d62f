import { expect, test } from 'vitest'
import { endpointAt } from '../testing/index.ts'
import { OpinionOrder } from './opinion-order.ts'
import { LivePeer } from './peer.ts'

const peers = Array.from(
  { length: 4 },
  (_, row) => new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY }),
) as [LivePeer, LivePeer, LivePeer, LivePeer]
const [first, second, third, fourth] = peers

function settled(order: OpinionOrder, cap: number): readonly number[] {
  const moved: number[] = []
  for (let peer = order.step(cap); peer !== undefined; peer = order.step(cap)) moved.push(peer.row)
  return moved
}

test('the border moves one peer a step, oldest first on and youngest first back', () => {
  const order = new OpinionOrder()
  for (const peer of [first, second, third]) order.add(peer)
  expect(peers.map((peer) => order.counts(peer))).toEqual([false, false, false, false])
  expect(settled(order, 2)).toEqual([0, 1])
  expect(settled(order, 3)).toEqual([2])
  expect(settled(order, 9)).toEqual([])
  expect(settled(order, 1)).toEqual([2, 1])
  expect(settled(order, 0)).toEqual([0])
})

test('adding one that is there changes nothing', () => {
  const order = new OpinionOrder()
  order.add(first)
  order.add(second)
  order.add(first)
  expect(settled(order, 1)).toEqual([0])
})

test.each([
  ['the oldest', first, [2]],
  ['the border', second, [2]],
  ['one beyond the border', third, []],
] as const)('when %s is removed the others keep their order', (_, removed, moved) => {
  const order = new OpinionOrder()
  for (const peer of [first, second, third]) order.add(peer)
  settled(order, 2)
  order.remove(removed)
  expect(order.counts(removed)).toBe(false)
  expect(settled(order, 2)).toEqual(moved)
  order.add(fourth)
  expect(settled(order, 3)).toEqual([3])
})

test('removing one that is not there changes nothing', () => {
  const order = new OpinionOrder()
  order.add(first)
  order.remove(second)
  expect(settled(order, 5)).toEqual([0])
  order.remove(first)
  expect(settled(order, 5)).toEqual([])
})
