import { expect, test } from 'vitest'
import { endpointAt, seededRandom } from '../../testing/index.ts'
import { LivePeer } from '../peer.ts'
import { OpinionOrder } from './opinion-order.ts'

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

test('one that was removed and added again is the youngest', () => {
  const order = new OpinionOrder()
  for (const peer of [first, second]) order.add(peer)
  settled(order, 1)
  order.remove(first)
  order.add(first)
  expect(settled(order, 2)).toEqual([1, 0])
})

test('after any history, the oldest up to the cap count, as in a plain array', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const many = Array.from(
      { length: 9 },
      (_, row) => new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY }),
    )
    const order = new OpinionOrder()
    const list: LivePeer[] = []
    let cap = 0
    for (let step = 0; step < 150; step++) {
      const peer = many[random.below(many.length)] as LivePeer
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
      settled(order, cap)
      const counting = new Set(list.slice(0, cap))
      for (const each of many)
        expect(order.counts(each), `seed ${seed}, step ${step}, row ${each.row}`).toBe(counting.has(each))
    }
  }
})
