import { expect, test } from 'vitest'
import { answeredGood } from '../../calling/outcome.ts'
import type { Pick } from '../../calling/pick.ts'
import { peakEwma } from '../../choosing/policy/peak-ewma.ts'
import { roundRobin } from '../../choosing/policy/round-robin.ts'
import { parseTarget } from '../../discovery/target.ts'
import {
  plainCall as call,
  endpointAt,
  endpointsAt,
  fakeClock,
  manualResolver,
  seededRandom,
} from '../../testing/index.ts'
import { upstreams } from '../upstreams.ts'

function open(maxInFlightPerPeer?: number) {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, clock, random: seededRandom(1) })
  const upstream = services.of(parseTarget('user-service'))
  const balancer = upstream.balancer({ policies: [roundRobin()], narrowings: [], maxInFlightPerPeer })
  const log: string[] = []
  const picks: Pick[] = []
  /** A call as a transport makes it: it picks, and while it is told to wait it waits and picks again. */
  function make(name: string, deadline: number = Number.POSITIVE_INFINITY): void {
    const again = (): void => {
      const answer = balancer.pick({ ...call, deadline })
      if (answer.kind === 'pick') {
        picks.push(answer)
        log.push(`${name} at ${clock.now()}: picked`)
      } else if (answer.kind === 'refused') log.push(`${name} at ${clock.now()}: ${answer.reason}`)
      else
        balancer.wait({ ...call, deadline }, (resumed) => {
          if (resumed === 'again') again()
          else log.push(`${name} at ${clock.now()}: ${resumed}`)
        })
    }
    again()
  }
  return { clock, resolver, services, upstream, balancer, make, picks, log: () => log.splice(0) }
}

test('calls that waited for the first list wait for room on it like any other, in their order', () => {
  const { clock, resolver, make, picks, log } = open(1)
  for (const name of ['first', 'second', 'third']) make(name)
  clock.advance(4_000)
  resolver.set(['10.0.0.1:80'])
  clock.advance(10_000)
  expect(log()).toEqual(['first at 4000: picked'])
  picks[0]?.settle(answeredGood)
  clock.advance(10_000)
  picks[1]?.settle(answeredGood)
  expect(log()).toEqual(['second at 14000: picked', 'third at 24000: picked'])
})

test('when the last endpoint goes, calls that wait for room give up together after 3 s', () => {
  const { clock, resolver, make, log } = open(1)
  resolver.set(['10.0.0.1:80'])
  for (const name of ['first', 'second', 'third']) make(name)
  log()
  clock.advance(1_000)
  resolver.set([])
  clock.advance(2_999)
  expect(log()).toEqual([])
  clock.advance(1)
  // At the same moment their timers run in any order.
  expect(log().sort()).toEqual(['second at 4000: no-endpoints', 'third at 4000: no-endpoints'])
})

test('a list that comes and is empty gives all who wait the time of a service that nobody serves', () => {
  const { clock, resolver, make, log } = open()
  for (const name of ['first', 'second', 'third']) make(name)
  clock.advance(1_000)
  resolver.set([])
  clock.advance(10_000)
  expect(log().sort()).toEqual([
    'first at 3000: no-endpoints',
    'second at 3000: no-endpoints',
    'third at 3000: no-endpoints',
  ])
})

test('a call may wait for longer than timers keep', () => {
  const { clock, resolver, make, picks, log } = open(1)
  resolver.set(['10.0.0.1:80'])
  make('first')
  make('second', 1e12)
  clock.advance(60_000)
  picks[0]?.settle(answeredGood)
  expect(log()).toEqual(['first at 0: picked', 'second at 60000: picked'])
})

test('a load that is opened while a peer is away begins afresh with it when the peer is back', () => {
  const { clock, resolver, upstream, make, picks } = open()
  // Enough peers that the row of the last is beyond what columns hold from the start.
  const others = endpointsAt(128)
  const last = endpointAt('10.9.9.9:80', { uid: 'pod' })
  resolver.set([...others, last])
  for (let calls = 0; calls < 129; calls++) make('call')
  resolver.set(others)
  upstream.balancer({ policies: [peakEwma()], narrowings: [] })
  resolver.set([...others, last])
  clock.advance(500)
  for (const pick of picks) pick.settle(answeredGood)
  const loads = upstream.inspect().peers.map((peer) => peer.loads['peakEwma(10000)'])
  expect(loads).toEqual(Array.from({ length: 129 }, () => 500))
})

test('closing a balancer ends the waits of its calls, and of nobody else', async () => {
  const { clock, resolver, upstream, balancer, make, log } = open(1)
  resolver.set(['10.0.0.1:80'])
  const other = upstream.balancer({ policies: [roundRobin()], narrowings: [], maxInFlightPerPeer: 1 })
  for (const name of ['first', 'second', 'third']) make(name)
  const heard: string[] = []
  expect(other.pick(call)).toEqual({ kind: 'wait' })
  other.wait(call, (answer) => {
    heard.push(answer)
    if (other.pick(call).kind === 'wait') other.wait(call, () => {})
  })
  await balancer[Symbol.asyncDispose]()
  expect(log()).toEqual(['first at 0: picked', 'second at 0: closed', 'third at 0: closed'])
  expect([heard, upstream.inspect().waiting]).toEqual([['again'], 1])
  clock.advance(1_000)
  expect(upstream.inspect().waiting).toBe(1)
})

test('the limit of a closed balancer no longer holds', async () => {
  const { resolver, upstream, balancer } = open(1)
  resolver.set(['10.0.0.1:80'])
  const other = upstream.balancer({ policies: [roundRobin()], narrowings: [], maxInFlightPerPeer: 3 })
  const picks = (): number => {
    for (let count = 0; ; count++) if (other.pick(call).kind !== 'pick') return count
  }
  expect(picks()).toBe(1)
  await balancer[Symbol.asyncDispose]()
  expect(picks()).toBe(2)
})

test('who asks to hear when a pick may succeed hears of room on a peer that was full, once those who wait had theirs', () => {
  const { resolver, balancer, make, picks, log } = open(2)
  resolver.set(['10.0.0.1:80'])
  for (const name of ['first', 'second', 'third']) make(name)
  let told = 0
  const listening = balancer.pickable(() => told++)
  picks[0]?.settle(answeredGood)
  expect([told, log().at(-1)]).toEqual([0, 'third at 0: picked'])
  picks[1]?.settle(answeredGood)
  expect(told).toBe(1)
  picks[2]?.settle(answeredGood)
  expect(told).toBe(1)
  listening[Symbol.dispose]()
  make('fourth')
  make('fifth')
  picks[3]?.settle(answeredGood)
  expect(told).toBe(1)
})
