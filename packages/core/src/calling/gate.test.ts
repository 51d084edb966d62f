import { expect, test } from 'vitest'
import type { Chooser } from '../choosing/chooser.ts'
import { LivePeer, type Peer } from '../peers/peer.ts'
import type { Standing } from '../peers/standing.ts'
import { plainCall as call, endpointAt, seededRandom } from '../testing/index.ts'
import { untried } from './call.ts'
import { Gate } from './gate.ts'

function open(...standings: readonly Standing[]) {
  const heard: string[] = []
  const chooser: Chooser = {
    join: (peer, share) => heard.push(`join ${peer.row} ${share}`),
    alter: (peer, share) => heard.push(`alter ${peer.row} ${share}`),
    leave: (peer) => heard.push(`leave ${peer.row}`),
    flush: () => heard.push('flush'),
    choose: () => undefined,
  }
  const limit = { perPeer: 1 }
  const gate = new Gate([chooser], seededRandom(3), () => heard.push('changed'))
  const peers = standings.map((standing, row) => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`), limit)
    peer.standing = standing
    gate.join(peer, row + 1)
    return peer
  })
  /** All rows that a scan finds in many tries. */
  const found = (tried: readonly Peer[] = untried): readonly (number | undefined)[] =>
    [...new Set(Array.from({ length: 60 }, () => gate.scan({ ...call, tried })?.row))].sort()
  return { gate, peers: peers as [LivePeer, LivePeer, LivePeer, LivePeer], heard, found }
}

test('an open peer that was not tried comes first, then an open one that was, never a shut or leaving one while any is open', () => {
  const { peers, found } = open('open', 'open', 'shut', 'leaving')
  expect(found()).toEqual([0, 1])
  expect(found([peers[0]])).toEqual([1])
  expect(found([peers[0], peers[1]])).toEqual([0, 1])
})

test('a full peer is never found, tried or not', () => {
  const { peers, found } = open('open', 'open', 'shut')
  peers[0].inFlight = 1
  expect(found()).toEqual([1])
  expect(found([peers[1]])).toEqual([1])
  peers[1].inFlight = 1
  expect(found()).toEqual([undefined])
})

test('with nothing open a shut peer is found, then a leaving one', () => {
  const { gate, peers, found } = open('shut', 'shut', 'leaving')
  expect(found()).toEqual([0, 1])
  peers[0].inFlight = 1
  expect(found()).toEqual([1])
  peers[1].inFlight = 1
  expect(found()).toEqual([2])
  peers[2].inFlight = 1
  expect(found()).toEqual([undefined])
  for (const peer of peers) gate.leave(peer)
  expect(gate.size).toBe(0)
})

test('choosers hear of open peers only, with their shares', () => {
  const { gate, peers, heard } = open('open', 'shut', 'leaving')
  expect(heard).toEqual(['join 0 1'])
  peers[0].standing = 'shut'
  gate.alter(peers[0], 1)
  peers[1].standing = 'open'
  gate.alter(peers[1], 5)
  gate.alter(peers[1], 6)
  gate.alter(peers[2], 7)
  gate.leave(peers[2])
  gate.leave(peers[1])
  gate.flush()
  expect(heard.slice(1)).toEqual(['leave 0', 'join 1 5', 'alter 1 6', 'leave 1', 'flush', 'changed'])
})

test('share and size count members of any standing', () => {
  const { gate, peers } = open('open', 'shut', 'leaving')
  expect(gate.size).toBe(3)
  expect(peers.map((peer) => [gate.has(peer), gate.share(peer)])).toEqual([
    [true, 1],
    [true, 2],
    [true, 3],
  ])
  gate.leave(peers[1])
  expect([gate.has(peers[1]), gate.share(peers[1]), gate.size]).toEqual([false, 0, 2])
})
