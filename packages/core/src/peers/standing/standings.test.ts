import { describe, expect, test } from 'vitest'
import type { Stage } from '../../narrowing/stage.ts'
import { endpointsAt, seededRandom } from '../../testing/index.ts'
import type { Guard } from '../guard.ts'
import { LivePeer } from '../peer.ts'
import { Standings } from './standings.ts'

const opinion: Guard = { name: 'opinion', speaks: 'opinion', [Symbol.dispose]: () => {} }
const second: Guard = { name: 'second', speaks: 'opinion', [Symbol.dispose]: () => {} }
const fact: Guard = { name: 'fact', speaks: 'fact', [Symbol.dispose]: () => {} }

/** Standings over peers of which the first `joined` are in the tier. */
function open(count: number, joined: number = count) {
  const heard: string[] = []
  const next: Stage = {
    join: (peer) => heard.push(`join ${peer.row} ${peer.standing}`),
    alter: (peer) => heard.push(`alter ${peer.row} ${peer.standing}`),
    leave: (peer) => heard.push(`leave ${peer.row}`),
    flush: () => heard.push('flush'),
  }
  const standings = new Standings(next, { owe: () => {}, standingChanged: () => {} })
  const limit = { perPeer: Number.POSITIVE_INFINITY }
  const peers = endpointsAt(count).map((endpoint, row) => new LivePeer(row, endpoint, limit))
  const at = (row: number): LivePeer => peers[row] as LivePeer
  for (const peer of peers) standings.reset(peer)
  for (const peer of peers.slice(0, joined)) standings.join(peer, 1)
  const shut = (...rows: readonly number[]): void => {
    for (const row of rows) standings.say(opinion, at(row), 'shut')
  }
  const are = () => peers.map(({ standing }) => standing[0]).join('')
  return { standings, peers, at, shut, are, heard }
}

test.each([
  { leaving: 0, caps: [0, 1, 1, 2, 2, 3, 3] },
  { leaving: 1, caps: [0, 0, 1, 2, 2, 3, 3] },
  { leaving: 2, caps: [0, 0, 0, 1, 2, 3, 3] },
])('of 1 to 7 peers with $leaving leaving, opinions shut at most $caps', ({ leaving, caps }) => {
  expect([1, 2, 3, 4, 5, 6, 7].map((size) => Standings.cap(size, leaving))).toEqual(caps)
})

describe('opinions', () => {
  test.each([
    [1, 'o'],
    [2, 'so'],
    [3, 'soo'],
    [5, 'ssooo'],
  ])('against all of %i peers shut the oldest ones only: %s', (count, expected) => {
    const { shut, are, peers } = open(count)
    shut(...peers.keys())
    expect(are()).toBe(expected)
  })

  test('count by their age, not by the order of joining', () => {
    const { shut, are } = open(4)
    shut(3, 1, 0)
    expect(are()).toBe('osos')
  })

  test('that are taken back leave their place to the next oldest', () => {
    const { standings, shut, are, at } = open(4)
    shut(0, 1, 2)
    standings.say(opinion, at(0), 'open')
    expect(are()).toBe('osso')
  })

  test('of two guards hold until both are taken back', () => {
    const { standings, shut, are, at } = open(2)
    shut(0)
    standings.say(second, at(0), 'shut')
    expect(standings.why(at(0))).toEqual(['opinion', 'second'])
    standings.say(opinion, at(0), 'open')
    expect(are()).toBe('so')
    standings.say(second, at(0), 'open')
    expect(are()).toBe('oo')
  })

  test('that were said before the peer joins count from then on', () => {
    const { standings, shut, are, at } = open(3, 2)
    shut(2)
    expect(are()).toBe('ooo')
    standings.join(at(2), 1)
    expect(are()).toBe('oos')
  })
})

test('a tier that grows shuts more, one that shrinks opens the youngest', () => {
  const { standings, shut, are, at } = open(4, 3)
  shut(0, 1)
  expect(are()).toBe('sooo')
  standings.join(at(3), 1)
  expect(are()).toBe('ssoo')
  standings.leave(at(3))
  expect(are()).toBe('sooo')
})

describe('facts', () => {
  test('are not capped', () => {
    const { standings, peers, are } = open(3)
    for (const peer of peers) standings.say(fact, peer, 'leaving')
    expect(are()).toBe('lll')
  })

  test('free the place of an opinion', () => {
    const { standings, shut, at, are } = open(4)
    shut(0, 1, 2)
    standings.say(fact, at(0), 'leaving')
    expect(are()).toBe('lsso')
  })

  test('open what opinions shut, so that the last open peer stays open', () => {
    const { standings, shut, at, are } = open(3)
    shut(0)
    standings.say(fact, at(1), 'leaving')
    expect(are()).toBe('slo')
    standings.say(fact, at(2), 'leaving')
    expect(are()).toBe('oll')
  })
})

test('one vote tells the next stage of each peer that changed and of the end', () => {
  const { shut, heard } = open(4)
  heard.length = 0
  shut(2)
  expect(heard).toEqual(['alter 2 shut', 'flush'])
  shut(2)
  expect(heard).toHaveLength(2)
})

test('nobody hears a vote on a peer that is gone', () => {
  const { shut, at, are } = open(2)
  at(0).gone = true
  shut(0)
  expect(are()).toBe('oo')
})

test('after any history law 8 holds, and no place stays empty', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const { standings, peers, at } = open(7, 0)
    const inTier = new Set<LivePeer>()
    for (let step = 0; step < 150; step++) {
      const peer = at(random.below(7))
      const change = random.below(4)
      if (change === 0) standings.say(fact, peer, random.below(2) === 0 ? 'leaving' : 'open')
      else if (change === 1) standings.say(opinion, peer, random.below(3) === 0 ? 'open' : 'shut')
      else if (inTier.delete(peer)) standings.leave(peer)
      else {
        inTier.add(peer)
        standings.join(peer, 1)
      }
      const tier = peers.filter((member) => inTier.has(member))
      const leaving = tier.filter(({ standing }) => standing === 'leaving').length
      const against = tier.filter((member) => member.standing !== 'leaving' && standings.why(member).length > 0)
      const shut = tier.filter(({ standing }) => standing === 'shut').length
      const cap = Standings.cap(tier.length, leaving)
      expect(shut, `seed ${seed}, step ${step}`).toBe(Math.min(against.length, cap))
      if (tier.length > leaving) expect(shut + leaving, `seed ${seed}, step ${step}`).toBeLessThan(tier.length)
    }
  }
})
