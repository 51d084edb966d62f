import { expect, test } from 'vitest'
import { LivePeer } from '../peers/peer.ts'
import { endpointAt, seededRandom } from '../testing/index.ts'
import { RowList } from './row-list.ts'

function peerAt(row: number): LivePeer {
  return new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: 1 })
}

test('peers stand in the order in which they came, each once', () => {
  const list = new RowList()
  const [first, second] = [peerAt(7), peerAt(0)] as const
  expect([list.add(first), list.add(second), list.add(first)]).toEqual([true, true, false])
  expect(list.peers).toEqual([first, second])
  expect([list.indexOf(first), list.indexOf(second), list.size]).toEqual([0, 1, 2])
})

test('the last one moves into the gap, and the list tells where to', () => {
  const list = new RowList()
  const [first, second, third] = [peerAt(0), peerAt(1), peerAt(2)] as const
  for (const peer of [first, second, third]) list.add(peer)
  expect(list.remove(first)).toBe(0)
  expect(list.peers).toEqual([third, second])
  expect([list.indexOf(third), list.indexOf(first)]).toEqual([0, -1])
  expect(list.remove(second)).toBe(1)
  expect(list.remove(second)).toBe(-1)
  expect(list.peers).toEqual([third])
})

test('another peer that was given the same row is not the one that is there', () => {
  const list = new RowList()
  const [first, other] = [peerAt(3), peerAt(3)] as const
  list.add(first)
  expect([list.has(first), list.has(other)]).toEqual([true, false])
  expect([list.indexOf(other), list.remove(other)]).toEqual([-1, -1])
  expect(list.peers).toEqual([first])
})

test('it holds what a set would hold after any history', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed)
    const list = new RowList()
    const model = new Set<LivePeer>()
    const peers = Array.from({ length: 200 }, (_, row) => peerAt(row))
    for (let step = 0; step < 500; step++) {
      const peer = peers[random.below(peers.length)] as LivePeer
      if (random.next() < 0.6) {
        expect(list.add(peer), `seed ${seed}`).toBe(!model.has(peer))
        model.add(peer)
      } else expect(list.remove(peer) >= 0, `seed ${seed}`).toBe(model.delete(peer))
    }
    expect(new Set(list.peers), `seed ${seed}`).toEqual(model)
    expect(list.size, `seed ${seed}`).toBe(model.size)
    expect(peers.map((peer) => list.has(peer))).toEqual(peers.map((peer) => model.has(peer)))
    expect(list.peers.map((peer) => list.indexOf(peer as LivePeer))).toEqual([...list.peers.keys()])
  }
})
