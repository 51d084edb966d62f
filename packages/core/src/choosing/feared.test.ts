import { expect, test } from 'vitest'
import type { Kit } from '../peers/kit.ts'
import { LivePeer, type Peer } from '../peers/peer.ts'
import { endpointAt, policyKit } from '../testing/index.ts'
import { Feared } from './feared.ts'
import { byWeight, Members } from './members.ts'

function open(costs: readonly number[]) {
  const owed: number[] = []
  const known = new Map<Peer, number>()
  let reads = 0
  const kit: Kit = policyKit({ owe: (peer) => owed.push(peer.row) })
  const load = {
    name: 'known',
    cost: () => 0,
    remembered(peer: Peer): number {
      reads++
      return known.get(peer) as number
    },
  }
  const members = new Members(byWeight)
  const feared = new Feared(kit, load, members)
  const peers = costs.map((cost, row) => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY })
    known.set(peer, cost)
    feared.reset(peer)
    members.join(peer, 1)
    return peer
  })
  const some = peers[0] as LivePeer
  return {
    feared,
    members,
    peers,
    some,
    known,
    reads: () => reads,
    pick: (now: number) => feared.picked(some, { now, latencyMs: 0, ageMs: 0 }),
    /** Rows that were owed a trial since the last question. */
    owed: () => owed.splice(0),
  }
}

/** Picks at an even pace and says when trials were owed to the row. */
function owedTimes(field: ReturnType<typeof open>, row: number, everyMs: number, endMs: number, after?: () => void) {
  const times: number[] = []
  for (let now = 0; now < endMs; now += everyMs) {
    field.pick(now)
    if (!field.owed().includes(row)) continue
    times.push(now)
    after?.()
  }
  return times
}

test('a peer above twice the median is owed a trial, one at twice the median is not', () => {
  const { pick, owed } = open([10, 10, 10, 20, 20.1, 500])
  pick(0)
  expect(owed().sort()).toEqual([4, 5])
})

test('of two peers the worse one is feared, of one nobody', () => {
  const two = open([500, 10])
  two.pick(0)
  expect(two.owed()).toEqual([0])
  const one = open([500])
  one.pick(0)
  expect(one.owed()).toEqual([])
})

test('when all are equally bad nobody is feared', () => {
  const { pick, owed } = open([5_000, 5_000, 5_000])
  pick(0)
  expect(owed()).toEqual([])
})

test('a busy service owes a trial once a second', () => {
  expect(owedTimes(open([10, 10, 500]), 2, 10, 3_500)).toEqual([0, 1_000, 2_000, 3_000])
})

test('a quiet service owes one trial in four calls per peer: of two peers at two calls a second one in 4 s', () => {
  expect(owedTimes(open([10, 500]), 1, 500, 12_500)).toEqual([0, 4_000, 8_000, 12_000])
})

test('a peer that leaves its trials unanswered is owed ever fewer, up to one in 30 s', () => {
  const field = open([10, 10, 500])
  const times = owedTimes(field, 2, 50, 130_000, () => field.feared.failed(field.peers[2] as LivePeer))
  expect(times.slice(1).map((time, index) => time - (times[index] as number))).toEqual([
    2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ])
})

test('an answer makes it one a second again', () => {
  const field = open([10, 10, 500])
  const peer = field.peers[2] as LivePeer
  for (let failure = 0; failure < 10; failure++) field.feared.failed(peer)
  const times = owedTimes(field, 2, 50, 2_500, () => field.feared.answered(peer))
  expect(times).toEqual([0, 1_000, 2_000])
})

test('a peer that begins afresh and is feared again is owed a trial at the next look', () => {
  const field = open([10, 10, 500])
  const peer = field.peers[2] as LivePeer
  for (let failure = 0; failure < 10; failure++) field.feared.failed(peer)
  expect(owedTimes(field, 2, 50, 1_000)).toEqual([0])
  field.feared.reset(peer)
  field.pick(1_000)
  expect(field.owed()).toEqual([2])
})

test('a peer that has a call unanswered is being tried already', () => {
  const { pick, owed, peers } = open([10, 10, 500])
  const feared = peers[2] as LivePeer
  feared.silentSince = 0
  pick(0)
  expect(owed()).toEqual([])
  feared.silentSince = Number.POSITIVE_INFINITY
  pick(250)
  expect(owed()).toEqual([2])
})

test('a peer that has left the members is owed nothing', () => {
  const { pick, owed, peers, members } = open([10, 10, 500])
  members.leave(peers[2] as LivePeer)
  pick(0)
  expect(owed()).toEqual([])
})

test('members are looked through four times a second at most', () => {
  const { pick, reads } = open([10, 10, 500])
  pick(0)
  const first = reads()
  pick(249)
  expect(reads()).toBe(first)
  pick(250)
  expect(reads()).toBeGreaterThan(first)
})

test('of many members each look takes at most 97 readings, and everybody has a turn', () => {
  const field = open(Array.from({ length: 1_000 }, (_, row) => (row % 10 === 9 ? 500 : 10)))
  const owed = new Set<number>()
  for (let sweep = 0; sweep < 16; sweep++) {
    const before = field.reads()
    field.pick(sweep * 250)
    expect(field.reads() - before).toBeLessThanOrEqual(97)
    for (const row of field.owed()) owed.add(row)
  }
  expect(owed.size).toBe(100)
})
