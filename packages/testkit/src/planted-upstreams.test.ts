/**
 * What a policy cannot break belongs to the upstream itself: the model and the census are shown peers and answers that are wrong.
 */
import { type Answer, type Endpoint, type Peer, type Standing, type UpstreamInspection, untried } from '@evenkeel/core'
import { endpointAt, endpointsAt, plainCall } from '@evenkeel/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { HistoryCensus } from './history/history-census.ts'
import { HistoryModel, type Incarnation } from './history/history-model.ts'
import { maxInFlightPerPeer } from './history/history-world.ts'
import { SpyNarrowing } from './history/spy-narrowing.ts'

interface BarePeer extends Peer {
  endpoint: Endpoint
  inFlight: number
  silentSince: number
  standing: Standing
}

function peerAt(row: number, endpoint: Endpoint): BarePeer {
  const silentSince = Number.POSITIVE_INFINITY
  return { row, endpoint, inFlight: 0, silentSince, firstReadyAt: 0, standing: 'open', full: false }
}

const [one, two] = endpointsAt(2, (index) => ({ uid: `pod-${index}` })) as [Endpoint, Endpoint]
let model: HistoryModel

function expectThat(...endpoints: readonly Endpoint[]): void {
  model.expected = new Map(endpoints.map((endpoint) => [endpoint.locator, endpoint]))
}

/** A peer that has joined and is compared once. */
function settled(endpoint: Endpoint): { readonly peer: BarePeer; readonly record: Incarnation } {
  const peer = peerAt(0, endpoint)
  model.joined(peer)
  expectThat(endpoint)
  model.compare(1)
  return { peer, record: model.find(peer) as Incarnation }
}

beforeEach(() => {
  model = new HistoryModel()
})

describe('the model sees', () => {
  test('a pick that is not counted', () => {
    const { record } = settled(one)
    expect(() => model.picked(record)).toThrow(/law 2: .* has 0 in flight, not 1/)
  })

  test('a count below zero', () => {
    const { peer, record } = settled(one)
    peer.inFlight = -1
    expect(() => model.check(record)).toThrow(/law 2: .* has -1 in flight, not 0/)
  })

  test('a silence that does not end with the head', () => {
    const { peer, record } = settled(one)
    Object.assign(peer, { inFlight: 1, silentSince: 5 })
    model.picked(record)
    expect(() => model.answered(record)).toThrow(/law 2: .* is silent since 5 with 0 answers outstanding/)
  })

  test('a peer that an error took away', () => {
    const { peer } = settled(one)
    model.left(peer)
    expect(() => model.compare(3)).toThrow(/law 3: there is no peer at/)
  })

  test('a peer that stays after an answer of none', () => {
    settled(one)
    expectThat()
    expect(() => model.compare(3)).toThrow(/law 3: 1 peers exist \(expected: 0\)/)
  })

  test('a peer that is replaced though it stays', () => {
    const { peer } = settled(one)
    model.left(peer)
    model.joined(peerAt(0, one))
    expect(() => model.compare(1)).toThrow(/law 4: the peer at .* is replaced though it stays/)
  })

  test('a new identity that is the old peer', () => {
    const { peer } = settled(one)
    peer.inFlight = 1
    peer.endpoint = endpointAt(one.locator, { uid: 'another' })
    expectThat(peer.endpoint)
    expect(() => model.compare(1)).toThrow(/law 4: a new identity at .* starts open with 1 in flight/)
  })

  test('an endpoint that was not written anew', () => {
    settled(one)
    expectThat(endpointAt(one.locator, { uid: 'pod-0', weight: 5 }))
    expect(() => model.compare(1)).toThrow(/law 1: the peer at .* does not have what discovery said last/)
  })

  test('a second peer at one address, and one that leaves without having joined', () => {
    settled(one)
    expect(() => model.joined(peerAt(1, one))).toThrow(/law 1: a second peer joins/)
    expect(() => model.left(peerAt(1, two))).toThrow(/law 1: a peer leaves .* that had not joined/)
  })

  test('rows that are never given back', () => {
    const { peer } = settled(one)
    model.left(peer)
    expect(() => model.joined(peerAt(1, two))).toThrow(/law 12: row 1 is given out though only 1 peers ever existed/)
  })
})

describe('the census sees', () => {
  const census = new HistoryCensus()
  const call = plainCall
  const notTried = () => false

  /** A tier of peers with these standings and picks. */
  function tier(...peers: readonly (readonly [Standing, number])[]): readonly BarePeer[] {
    const endpoints = endpointsAt(peers.length)
    const made = peers.map(([standing, inFlight], row) => {
      const peer = peerAt(row, endpoints[row] as Endpoint)
      return Object.assign(peer, { standing, inFlight })
    })
    model.tier = made.map((peer) => ({ peer, uid: undefined, inFlight: peer.inFlight, unanswered: 0 }))
    census.take(model.tier, untried)
    return made
  }

  test('opinions that shut more than half', () => {
    tier(['shut', 0], ['shut', 0], ['open', 0])
    expect(() => census.checkCap()).toThrow(/law 8: opinions shut 2 of 3 peers/)
  })

  test('opinions that shut the last open peer', () => {
    tier(['shut', 0], ['leaving', 0])
    expect(() => census.checkCap()).toThrow(/law 8: opinions shut the last open peer of 2/)
  })

  test('an opinion that does not count though it may', () => {
    const [spoken] = tier(['open', 0], ['open', 0])
    const peers = [{ locator: spoken?.endpoint.locator, why: ['planted'] }]
    const inspection = { peers } as unknown as UpstreamInspection
    expect(() => census.checkOpinions(model, inspection)).toThrow(/law 8: 1 opinions shut 0 of 2 peers/)
  })

  test('a leaving peer before a shut one', () => {
    const [, leaving] = tier(['shut', 0], ['leaving', 0])
    expect(() => census.checkPeer(leaving as Peer, 0, call, notTried)).toThrow(/law 8: .* is leaving and is picked/)
  })

  test('nobody where somebody has room', () => {
    tier(['open', 0])
    const wait: Answer = { kind: 'wait' }
    expect(() => census.checkNobody(wait, call, 0)).toThrow(/law 1: nobody is picked \(wait\) though 1 peers/)
    const again = { ...call, tried: [model.tier[0]?.peer as Peer] }
    expect(() => census.checkNobody(wait, again, 0)).toThrow(/law 6: nobody is picked/)
  })

  test('a wait without time, and a refusal with time', () => {
    tier(['open', maxInFlightPerPeer])
    const late = { ...call, deadline: 0 }
    expect(() => census.checkNobody({ kind: 'wait' }, late, 1)).toThrow(
      /law 1: a call whose time is over is told to wait/,
    )
    const refused: Answer = { kind: 'refused', reason: 'no-endpoints' }
    expect(() => census.checkNobody(refused, call, 1)).toThrow(/law 1: refused \(no-endpoints\), not waiting/)
  })
})

test('the spy sees a stage that loses its place', () => {
  const nothing = { join: () => {}, alter: () => {}, leave: () => {}, flush: () => {} }
  const stage = new SpyNarrowing('nobody').open(nothing)
  const peer = peerAt(0, one)
  expect(() => stage.leave(peer)).toThrow(/law 1: .* leaves a pipeline it is not in/)
  expect(() => stage.alter(peer, 1)).toThrow(/law 1: .* is altered before it joins/)
  stage.join(peer, 1)
  expect(() => stage.join(peer, 1)).toThrow(/law 1: .* joins the pipeline twice/)
})
