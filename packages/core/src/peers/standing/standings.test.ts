import { describe, expect, test } from 'vitest'
import type { Stage } from '../../narrowing/stage.ts'
import { endpointAt, seededRandom } from '../../testing/index.ts'
import type { Guard } from '../guard.ts'
import { LivePeer } from '../peer.ts'
import type { Standing } from '../standing.ts'
import { Standings } from './standings.ts'

const guard = (name: string, speaks: 'opinion' | 'fact'): Guard => ({ name, speaks, [Symbol.dispose]: () => {} })
const outlier = guard('outlier', 'opinion')
const breaker = guard('breaker', 'opinion')
const mark = guard('mark', 'fact')

function open(count: number) {
  const heard: string[] = []
  const next: Stage = {
    join: (peer, share) => heard.push(`join ${peer.row} ${peer.standing} ${share}`),
    alter: (peer) => heard.push(`alter ${peer.row} ${peer.standing}`),
    leave: (peer) => heard.push(`leave ${peer.row}`),
    flush: () => heard.push('flush'),
  }
  const changes: string[] = []
  const owed: number[] = []
  const standings = new Standings(next, {
    owe: (peer) => owed.push(peer.row),
    standingChanged: (peer) => changes.push(`${peer.row} ${peer.standing}`),
  })
  const add = (row: number): LivePeer => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY })
    standings.reset(peer)
    standings.join(peer, 1)
    return peer
  }
  const peers = Array.from({ length: count }, (_, row) => add(row))
  heard.length = 0
  const shut = (...rows: readonly number[]): void => {
    for (const row of rows) standings.say(outlier, peers[row] as LivePeer, 'shut')
  }
  const shown = (): string => peers.map((peer) => peer.standing[0]).join('')
  return { standings, peers, add, heard, changes, owed, shut, shown }
}

describe('law 8: opinions shut at most half of the tier and never its last open peer; of two or more one may always be shut', () => {
  test.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [6, 3],
    [7, 3],
  ])('of %i peers %i may be shut', (size, most) => {
    const { peers, shut, shown } = open(size)
    shut(...peers.map((peer) => peer.row))
    expect(shown()).toBe('s'.repeat(most) + 'o'.repeat(size - most))
  })

  test.each([
    [4, 1, 2],
    [4, 2, 1],
    [4, 3, 0],
    [4, 4, 0],
    [2, 1, 0],
    [6, 3, 2],
  ])('of %i peers with %i leaving %i may be shut', (size, leaving, most) => {
    const { standings, peers, shut, shown } = open(size)
    for (const peer of peers.slice(0, leaving)) standings.say(mark, peer, 'leaving')
    shut(...peers.map((peer) => peer.row))
    expect(shown()).toBe('l'.repeat(leaving) + 's'.repeat(most) + 'o'.repeat(size - leaving - most))
  })

  test('the oldest opinions count, and the next moves up when one is taken back', () => {
    const { standings, peers, shut, shown } = open(4)
    shut(2, 0, 3)
    expect(shown()).toBe('soso')
    standings.say(outlier, peers[2] as LivePeer, 'open')
    expect(shown()).toBe('soos')
    shut(2)
    expect(shown()).toBe('soos')
  })

  test('it is judged again when a peer leaves or joins', () => {
    const { standings, peers, add, shut, shown } = open(4)
    shut(0, 1, 2)
    expect(shown()).toBe('ssoo')
    peers.push(add(4), add(5))
    expect(shown()).toBe('sssooo')
    standings.leave(peers[5] as LivePeer)
    standings.leave(peers[4] as LivePeer)
    standings.leave(peers[3] as LivePeer)
    expect(shown().slice(0, 3)).toBe('soo')
  })

  test('a fact opens what an opinion shut when nobody else would be open', () => {
    const { standings, peers, shut, shown } = open(3)
    shut(0)
    standings.say(mark, peers[1] as LivePeer, 'leaving')
    expect(shown()).toBe('slo')
    standings.say(mark, peers[2] as LivePeer, 'leaving')
    expect(shown()).toBe('oll')
  })

  test('a fact takes a peer out of the order of opinions, and back to its end', () => {
    const { standings, peers, shut, shown } = open(4)
    shut(0, 1, 2)
    standings.say(mark, peers[0] as LivePeer, 'leaving')
    expect(shown()).toBe('lsso')
    standings.say(mark, peers[0] as LivePeer, 'open')
    expect(shown()).toBe('osso')
  })
})

test('facts are not capped', () => {
  const { standings, peers, shown } = open(3)
  for (const peer of peers) standings.say(mark, peer, 'leaving')
  expect(shown()).toBe('lll')
})

test('a peer is open only when every guard says so, and why names those that do not', () => {
  const { standings, peers, shown } = open(2)
  const peer = peers[0] as LivePeer
  standings.say(outlier, peer, 'shut')
  standings.say(breaker, peer, 'shut')
  standings.say(mark, peer, 'leaving')
  expect(standings.why(peer)).toEqual(['outlier', 'breaker', 'mark'])
  standings.say(mark, peer, 'open')
  standings.say(outlier, peer, 'open')
  expect(shown()).toBe('so')
  expect(standings.why(peer)).toEqual(['breaker'])
  standings.say(breaker, peer, 'open')
  expect(shown()).toBe('oo')
  expect(standings.why(peer)).toEqual([])
})

test('saying the same again is no work downstream', () => {
  const { standings, peers, heard, changes } = open(2)
  const peer = peers[0] as LivePeer
  standings.say(outlier, peer, 'shut')
  expect(heard).toEqual(['alter 0 shut', 'flush'])
  expect(changes).toEqual(['0 shut'])
  heard.length = 0
  standings.say(outlier, peer, 'shut')
  standings.say(breaker, peer, 'open')
  expect(heard).toEqual([])
  expect(changes).toEqual(['0 shut'])
})

test('an opinion that does not count changes no standing', () => {
  const { shut, changes } = open(1)
  shut(0)
  expect(changes).toEqual([])
})

test('a peer outside the tier keeps its votes for the time when it joins', () => {
  const { standings, peers, heard, shown } = open(3)
  const peer = peers[0] as LivePeer
  standings.leave(peer)
  heard.length = 0
  standings.say(outlier, peer, 'shut')
  expect(heard).toEqual([])
  expect(shown()).toBe('ooo')
  standings.join(peer, 1)
  expect(shown()).toBe('soo')
  expect(heard).toEqual(['join 0 open 1', 'alter 0 shut'])
})

test('a peer that is gone has nothing said about it, and a new one on its row begins open', () => {
  const { standings, peers, add, shown } = open(3)
  const peer = peers[0] as LivePeer
  standings.say(outlier, peer, 'shut')
  standings.leave(peer)
  peer.gone = true
  standings.say(mark, peer, 'leaving')
  expect(standings.why(peer)).toEqual(['outlier'])
  peers[0] = add(0)
  expect(shown()).toBe('ooo')
  expect(standings.why(peers[0])).toEqual([])
})

test('a debt is handed to the owner', () => {
  const { standings, peers, owed } = open(2)
  standings.owe(peers[1] as LivePeer)
  expect(owed).toEqual([1])
})

test('a thirty-second guard is refused', () => {
  const { standings, peers } = open(1)
  const say = (index: number) => standings.say(guard(`guard ${index}`, 'opinion'), peers[0] as LivePeer, 'shut')
  for (let index = 0; index < 31; index++) say(index)
  expect(() => say(31)).toThrow('at most 31 guards')
})

test('after any history the standings are those of the plain rule, and downstream was told of each', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const told = new Map<LivePeer, Standing>()
    const next: Stage = {
      join: (peer) => told.set(peer as LivePeer, peer.standing),
      alter: (peer) => told.set(peer as LivePeer, peer.standing),
      leave: (peer) => told.delete(peer as LivePeer),
      flush: () => {},
    }
    const standings = new Standings(next, { owe: () => {}, standingChanged: () => {} })
    const all = Array.from(
      { length: 9 },
      (_, row) => new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: Number.POSITIVE_INFINITY }),
    )
    for (const peer of all) standings.reset(peer)
    const tier = new Set<LivePeer>()
    const against = new Map<string, Set<Guard>>()
    /** Those with an opinion and without a fact, oldest first. */
    let order: LivePeer[] = []
    const votes = (kind: string, peer: LivePeer): Set<Guard> => {
      const key = `${kind} ${peer.row}`
      const set = against.get(key) ?? new Set()
      against.set(key, set)
      return set
    }
    const listed = (peer: LivePeer): boolean =>
      tier.has(peer) && votes('opinion', peer).size > 0 && votes('fact', peer).size === 0
    for (let step = 0; step < 60; step++) {
      const peer = all[random.below(all.length)] as LivePeer
      const action = random.below(5)
      if (action === 0 && !tier.has(peer)) {
        tier.add(peer)
        standings.join(peer, 1)
      } else if (action === 1 && tier.has(peer)) {
        tier.delete(peer)
        standings.leave(peer)
      } else {
        const by = [outlier, breaker, mark][random.below(3)] as Guard
        const speak = random.next() < 0.6
        if (speak) votes(by.speaks, peer).add(by)
        else votes(by.speaks, peer).delete(by)
        standings.say(by, peer, speak ? (by === mark ? 'leaving' : 'shut') : 'open')
      }
      order = order.filter(listed)
      if (listed(peer) && !order.includes(peer)) order.push(peer)
      const size = tier.size
      const leaving = [...tier].filter((member) => votes('fact', member).size > 0).length
      const cap = size < 2 ? 0 : Math.max(0, Math.min(Math.max(1, Math.floor(size / 2)), size - leaving - 1))
      const shut = new Set(order.slice(0, cap))
      for (const member of tier) {
        const expected = votes('fact', member).size > 0 ? 'leaving' : shut.has(member) ? 'shut' : 'open'
        expect(member.standing, `seed ${seed} step ${step} row ${member.row}`).toBe(expected)
        expect(told.get(member), `seed ${seed} step ${step} row ${member.row}`).toBe(expected)
      }
      expect(told.size, `seed ${seed} step ${step}`).toBe(tier.size)
    }
  }
})
