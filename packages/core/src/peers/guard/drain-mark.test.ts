import { describe, expect, test } from 'vitest'
import type { Call } from '../../calling/call.ts'
import { answeredBad, answeredGood, failedUnprocessed, type Outcome } from '../../calling/outcome.ts'
import type { Pick } from '../../calling/pick.ts'
import { roundRobin } from '../../choosing/policy/round-robin.ts'
import { parseTarget } from '../../discovery/target.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import type { Peer } from '../peer.ts'
import { upstreams } from '../upstreams.ts'
import { drainMark } from './drain-mark.ts'

const leaving: Outcome = { ...answeredGood, leaving: true }

/** Two targets of one resolver: the same pods behind two ports. */
function open(known: 'known' | 'unknown' = 'known') {
  const uid = known === 'known' ? 'one' : undefined
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, guards: [drainMark()], clock, random: seededRandom(1) })
  const target = (name: string) => {
    const upstream = services.of(parseTarget(name))
    const balancer = upstream.balancer({ policies: [roundRobin()], narrowings: [] })
    const pick = (asked: Call = call): Pick => {
      const answer = balancer.pick(asked)
      if (answer.kind !== 'pick') throw new Error(answer.kind)
      return answer
    }
    const pickAt = (address: string): Pick => {
      for (let tries = 0; tries < 4; tries++) {
        const answer = pick()
        if (answer.peer.endpoint.address === address) return answer
        answer.settle(answeredGood)
      }
      throw new Error(`${address} was not picked`)
    }
    const standings = () => upstream.inspect().peers.map(({ standing }) => standing)
    return { pick, pickAt, standings, upstream }
  }
  const http = target('user-service:http')
  const grpc = target('user-service:grpc')
  const write = (details: { readonly weight?: number } = {}): void => {
    resolver.set([endpointAt('a:80', { uid, ...details }), endpointAt('b:80', { uid: 'b' })], 'user-service:http')
    resolver.set([endpointAt('a:90', { uid, ...details }), endpointAt('b:90', { uid: 'b' })], 'user-service:grpc')
  }
  write()
  return { clock, resolver, services, http, grpc, write }
}

test('one drain sign makes the peer leaving at once, and nothing goes there while others are open', () => {
  const { http } = open()
  http.pickAt('a').settle(leaving)
  expect(http.standings()).toEqual(['leaving', 'open'])
  for (let picks = 0; picks < 20; picks++) expect(http.pick().peer.endpoint.address).toBe('b')
})

test('a report without a pick marks as well', () => {
  const { http } = open()
  const pick = http.pickAt('a')
  http.upstream.report(pick.peer, leaving)
  expect(http.standings()).toEqual(['leaving', 'open'])
})

test('the mark is shared by all targets that know the pod by its UID', () => {
  const { http, grpc } = open()
  http.pickAt('a').settle(leaving)
  expect(grpc.standings()).toEqual(['leaving', 'open'])
})

test('a pod without a known UID is marked for its own target only', () => {
  const { http, grpc } = open('unknown')
  http.pickAt('a').settle(leaving)
  expect(http.standings()).toEqual(['leaving', 'open'])
  expect(grpc.standings()).toEqual(['open', 'open'])
})

test('a UID that was learnt late is shared, and forgotten only with the last peer that has it', () => {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, guards: [drainMark()], clock, random: seededRandom(1) })
  const early = services.of(parseTarget('early'))
  const late = services.of(parseTarget('late'))
  const other = services.of(parseTarget('other'))
  resolver.set([endpointAt('a:90', { uid: 'one' }), endpointAt('b:90')], 'early')
  resolver.set([endpointAt('a:80'), endpointAt('b:80')], 'late')
  resolver.set([endpointAt('a:80', { uid: 'one' }), endpointAt('b:80')], 'late')
  // The peer that learnt its UID leaves: the fact must stay for the one that is left, and for the one that comes.
  resolver.set([endpointAt('b:80')], 'late')
  resolver.set([endpointAt('a:70', { uid: 'one' }), endpointAt('b:70')], 'other')
  const peers: Peer[] = []
  early.watch({ joined: (peer) => peers.push(peer) })
  const marked = peers.find((peer) => peer.endpoint.address === 'a')
  if (marked === undefined) throw new Error('nobody at a')
  early.report(marked, leaving)
  const standings = (upstream: typeof early) => upstream.inspect().peers.map(({ standing }) => standing)
  expect(standings(early)).toEqual(['leaving', 'open'])
  expect(standings(other)).toEqual(['leaving', 'open'])
  expect(standings(late)).toEqual(['open'])
})

describe('a mark clears', () => {
  test('when discovery writes the endpoint anew', () => {
    const { http, grpc, write } = open()
    http.pickAt('a').settle(leaving)
    write({ weight: 2 })
    expect(http.standings()).toEqual(['open', 'open'])
    expect(grpc.standings()).toEqual(['open', 'open'])
  })

  test('by a good trial, which is owed after 10 s to a repeatable call', () => {
    const { clock, http } = open()
    http.pickAt('a').settle(leaving)
    clock.advance(9_999)
    expect(http.pick().peer.endpoint.address).toBe('b')
    clock.advance(1)
    expect(http.pick({ ...call, repeatable: false }).peer.endpoint.address).toBe('b')
    const trial = http.pick()
    expect(trial.peer.endpoint.address).toBe('a')
    expect(http.pick().peer.endpoint.address).toBe('b')
    trial.answered('good')
    expect(http.standings()).toEqual(['open', 'open'])
  })

  test('not by a trial that is refused or answers badly; the next one is due after another 10 s', () => {
    for (const outcome of [failedUnprocessed, answeredBad]) {
      const { clock, http } = open()
      http.pickAt('a').settle(leaving)
      clock.advance(10_000)
      http.pick().settle(outcome)
      expect(http.standings()).toEqual(['leaving', 'open'])
      clock.advance(9_999)
      expect(http.pick().peer.endpoint.address).toBe('b')
      clock.advance(1)
      expect(http.pick().peer.endpoint.address).toBe('a')
    }
  })

  test('not by a good answer of a call from before', () => {
    const { http } = open()
    const before = http.pickAt('a')
    http.pickAt('a').settle(leaving)
    before.settle(answeredGood)
    expect(http.standings()).toEqual(['leaving', 'open'])
  })
})

test('with everybody leaving, calls go there all the same', () => {
  const { http } = open()
  http.pickAt('a').settle(leaving)
  http.pick().settle(leaving)
  expect(http.standings()).toEqual(['leaving', 'leaving'])
  expect(http.pick().kind).toBe('pick')
})

test('closing leaves no timer', async () => {
  const { clock, http, services } = open()
  http.pickAt('a').settle(leaving)
  await services[Symbol.asyncDispose]()
  expect(clock.pending).toBe(0)
})

test('a trial time that is not above 0 is refused', () => {
  expect(() => drainMark({ trialMs: 0 })).toThrow('trialMs: 0 (expected: > 0)')
})
