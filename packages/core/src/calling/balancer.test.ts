import { describe, expect, test } from 'vitest'
import { peakEwma } from '../choosing/policy/peak-ewma.ts'
import { random } from '../choosing/policy/random.ts'
import { roundRobin } from '../choosing/policy/round-robin.ts'
import type { Policy } from '../choosing/policy.ts'
import { parseTarget } from '../discovery/target.ts'
import { errorCodes } from '../errors.ts'
import type { Narrowing } from '../narrowing/narrowing.ts'
import type { Peer } from '../peers/peer.ts'
import { upstreams } from '../peers/upstreams.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../testing/index.ts'
import { type BalancerOptions, refusalError } from './balancer.ts'
import { answeredGood } from './outcome.ts'
import type { Answer, Pick, Reason } from './pick.ts'

const [a, b] = ['10.0.0.1:80', '10.0.0.2:80'] as const

function open() {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, clock, random: seededRandom(1) })
  const upstream = services.of(parseTarget('user-service'))
  const balancer = (options: Partial<BalancerOptions> = {}) =>
    upstream.balancer({ policies: [roundRobin()], narrowings: [], ...options })
  return { clock, resolver, services, upstream, balancer }
}

function picked(answer: Answer): Pick {
  if (answer.kind !== 'pick') throw new Error(JSON.stringify(answer))
  return answer
}

/** Passes on the peers whose weight is above 1, or all if there are none; with half a share. */
const heavyOnly: Narrowing = {
  name: 'heavy only',
  mayLeaveNothing: true,
  open: (next) => ({
    join: (peer) => peer.endpoint.weight > 1 && next.join(peer, 0.5),
    alter: (peer) => peer.endpoint.weight > 1 && next.alter(peer, 0.5),
    leave: (peer) => peer.endpoint.weight > 1 && next.leave(peer),
    flush: () => next.flush(),
    [Symbol.dispose]: () => {},
  }),
}

test('what says nothing but yes or no is one constant: a refusal and a wait cost no object', () => {
  const { clock, resolver, balancer } = open()
  const one = balancer()
  expect(one.pick(call)).toEqual({ kind: 'wait' })
  expect(one.pick(call)).toBe(one.pick(call))
  resolver.absent()
  expect(one.pick(call)).toEqual({ kind: 'refused', reason: 'absent' })
  expect(one.pick(call)).toBe(one.pick(call))
  clock.advance(1)
  expect(one.pick({ ...call, deadline: 1 })).toEqual({ kind: 'refused', reason: 'deadline' })
})

test('a call with an unknown policy gets the first one', () => {
  const { resolver, balancer } = open()
  const one = balancer({ policies: [roundRobin(), random()] })
  resolver.set([a, b])
  const rows = [1, 2].map(() => picked(one.pick({ ...call, policy: 'nobody' })).peer.row)
  expect(rows.sort()).toEqual([0, 1])
})

describe('law 6', () => {
  test('with an untried open peer left a second attempt never goes to a tried one', () => {
    for (const policy of [roundRobin(), random(), peakEwma()]) {
      const { resolver, balancer } = open()
      const one = balancer({ policies: [policy] })
      resolver.set(Array.from({ length: 12 }, (_, index) => `10.0.1.${index}:80`))
      const tried: Peer[] = []
      for (let attempt = 0; attempt < 12; attempt++) tried.push(picked(one.pick({ ...call, tried })).peer)
      expect(new Set(tried).size).toBe(12)
    }
  })

  test('with a single peer it still goes there', () => {
    const { resolver, balancer } = open()
    const one = balancer()
    resolver.set([a])
    const { peer } = picked(one.pick(call))
    expect(picked(one.pick({ ...call, tried: [peer] })).peer).toBe(peer)
  })
})

describe('a limit of calls in flight per peer', () => {
  test('is that of the strictest balancer of the upstream', () => {
    const { resolver, balancer } = open()
    const loose = balancer({ maxInFlightPerPeer: 5 })
    balancer({ maxInFlightPerPeer: 2 })
    resolver.set([a])
    picked(loose.pick(call))
    const second = picked(loose.pick(call))
    expect(loose.pick(call)).toEqual({ kind: 'wait' })
    second.settle(answeredGood)
    picked(loose.pick(call))
  })

  test.each([0, -1, Number.NaN])('of %s is refused', (maxInFlightPerPeer) => {
    const { balancer, resolver } = open()
    expect(() => balancer({ maxInFlightPerPeer })).toThrow(`maxInFlightPerPeer: ${maxInFlightPerPeer} (expected: >= 1)`)
    resolver.set([a])
    picked(balancer().pick(call))
  })
})

test('a narrowing decides whom its balancer may pick and with what share; other balancers see all', () => {
  const { resolver, balancer, upstream } = open()
  const all = balancer()
  const narrow = balancer({ narrowings: [heavyOnly] })
  resolver.set([a, endpointAt(b, { weight: 2 })])
  for (let pick = 0; pick < 5; pick++) expect(picked(narrow.pick(call)).peer.endpoint.locator).toBe(b)
  expect(new Set([1, 2].map(() => picked(all.pick(call)).peer.endpoint.locator))).toEqual(new Set([a, b]))
  expect(upstream.inspect().peers.map(({ locator, shares }) => [locator, ...shares])).toEqual([
    [a, 1, 0],
    [b, 1, 0.5],
  ])
})

test('a listener is told when a pick may succeed, until it is disposed', () => {
  const { resolver, balancer } = open()
  const one = balancer()
  let told = 0
  const listening = one.pickable(() => told++)
  resolver.set([a])
  expect(told).toBeGreaterThan(0)
  listening[Symbol.dispose]()
  const before = told
  resolver.set([a, b])
  expect(told).toBe(before)
})

test('a closed balancer refuses; others of the upstream go on, and its share is gone from the inspection', async () => {
  const { resolver, balancer, upstream } = open()
  const [first, second] = [balancer(), balancer()] as const
  resolver.set([a])
  await first[Symbol.asyncDispose]()
  await first[Symbol.asyncDispose]()
  expect(first.pick(call)).toEqual({ kind: 'refused', reason: 'closed' })
  picked(second.pick(call))
  expect(upstream.inspect().peers[0]?.shares).toEqual([1])
})

test.each([
  [{ policies: [] as unknown as [Policy] }, 'policies: an array of 0 (expected: at least one policy)'],
  [{ policies: [roundRobin(), roundRobin()] as const }, 'policies: "roundRobin" (expected: each policy once)'],
])('%o is refused', (options, text) => {
  expect(() => open().balancer(options)).toThrow(text)
})

test.each([
  ['absent', 'EVENKEEL_SERVICE_ABSENT', 'discovery'],
  ['no-endpoints', 'EVENKEEL_NO_ENDPOINTS', 'endpoint'],
  ['all-full', 'EVENKEEL_ALL_FULL', 'endpoint'],
  ['failfast', 'EVENKEEL_FAILFAST', 'endpoint'],
  ['deadline', 'EVENKEEL_DEADLINE', 'endpoint'],
  ['discovery-failed', 'EVENKEEL_DISCOVERY_FAILED', 'discovery'],
  ['queue-full', 'EVENKEEL_QUEUE_FULL', 'endpoint'],
  ['closed', 'EVENKEEL_CLOSED', 'caller'],
] as const satisfies readonly (readonly [Reason, string, string])[])(
  'the refusal %s becomes %s, unprocessed, the fault of %s',
  (reason, code, fault) => {
    const cause = new Error('denied')
    const error = refusalError(reason, 'user-service', { cause })
    expect(error).toMatchObject({ code, fault, fate: 'unprocessed', service: 'user-service', cause })
    expect(errorCodes[code].faults).toContain(fault)
    expect(errorCodes[code].fates).toContain('unprocessed')
  },
)

test('a call that waits for the peers of its narrowing does not hold up those that may go elsewhere', () => {
  const { resolver, balancer } = open()
  resolver.set([endpointAt('10.0.0.1:80'), endpointAt('10.0.0.2:80', { weight: 2 })])
  const narrow = balancer({ narrowings: [heavyOnly], maxInFlightPerPeer: 1 })
  const wide = balancer()
  const picks = [picked(wide.pick(call)), picked(wide.pick(call))]
  const light = picks.find(({ peer }) => peer.endpoint.weight === 1)
  const served: string[] = []
  const wait = (asked: typeof wide, name: string): void => {
    asked.wait(call, () => {
      const answer = asked.pick(call)
      if (answer.kind === 'pick') served.push(`${name} ${answer.peer.endpoint.weight}`)
      else wait(asked, name)
    })
  }
  wait(narrow, 'narrow')
  wait(wide, 'wide')
  light?.settle(answeredGood)
  expect(served).toEqual(['wide 1'])
  picks.find((pick) => pick !== light)?.settle(answeredGood)
  expect(served).toEqual(['wide 1', 'narrow 2'])
})
