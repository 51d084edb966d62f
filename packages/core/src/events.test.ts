import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, expect, test } from 'vitest'
import { answeredBad, answeredGood } from './calling/outcome.ts'
import { roundRobin } from './choosing/policy/round-robin.ts'
import { parseTarget } from './discovery/target.ts'
import { EvenkeelError } from './errors.ts'
import { type EventChannel, events } from './events.ts'
import { consecutiveFailures } from './peers/guard/consecutive-failures.ts'
import { upstreams } from './peers/upstreams.ts'
import { plainCall as call, fakeClock, manualResolver, seededRandom } from './testing/index.ts'

const listening: (() => void)[] = []

afterEach(() => {
  for (const stop of listening.splice(0)) stop()
})

function listen<Message>(channel: EventChannel<Message>): readonly Message[] {
  const heard: Message[] = []
  const listener = (message: unknown): unknown => heard.push(message as Message)
  subscribe(channel.name, listener)
  listening.push(() => unsubscribe(channel.name, listener))
  return heard
}

function open() {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({
    resolver,
    guards: [consecutiveFailures({ failures: 1, baseMs: 1_000 })],
    clock,
    random: seededRandom(1),
  })
  const balancer = services.of(parseTarget('user-service')).balancer({ policies: [roundRobin()], narrowings: [] })
  const pick = () => {
    const answer = balancer.pick(call)
    if (answer.kind !== 'pick') throw new Error(answer.kind)
    return answer
  }
  return { clock, resolver, services, pick }
}

test('channels have stable names and nobody listens by default', () => {
  expect(Object.values(events).map(({ name }) => name)).toEqual([
    'evenkeel:set',
    'evenkeel:peer',
    'evenkeel:standing',
    'evenkeel:attempt',
    'evenkeel:again',
    'evenkeel:pass-through',
    'evenkeel:warning',
  ])
  expect(Object.values(events).filter(({ hasSubscribers }) => hasSubscribers)).toEqual([])
})

test('what discovery says is told, errors too', () => {
  const sets = listen(events.set)
  const { resolver } = open()
  const denied = new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', 'denied')
  resolver.set(['10.0.0.1:80', '10.0.0.2:80'])
  resolver.fail(denied)
  expect(sets).toEqual([
    { service: 'user-service', status: 'ok', version: 1, endpoints: 2, error: undefined },
    { service: 'user-service', status: 'stale', version: 2, endpoints: 2, error: denied },
  ])
})

test('peers that come and go are told', async () => {
  const peers = listen(events.peer)
  const { resolver, services } = open()
  resolver.set(['10.0.0.1:80', '10.0.0.2:80'])
  resolver.set(['10.0.0.2:80'])
  await services[Symbol.asyncDispose]()
  expect(peers.map(({ endpoint, change }) => `${endpoint} ${change}`)).toEqual([
    '10.0.0.1:80 joined',
    '10.0.0.2:80 joined',
    '10.0.0.1:80 left',
    '10.0.0.2:80 left',
  ])
})

test('a standing that changes is told with the guards that speak against the peer', () => {
  const standings = listen(events.standing)
  const { clock, resolver, pick } = open()
  resolver.set(['10.0.0.1:80', '10.0.0.2:80'])
  const bad = pick()
  const { locator } = bad.peer.endpoint
  bad.settle(answeredBad)
  clock.advance(1_100)
  pick().settle(answeredGood)
  expect(standings).toEqual([
    { service: 'user-service', endpoint: locator, standing: 'shut', why: ['consecutive-failures'] },
    { service: 'user-service', endpoint: locator, standing: 'open', why: [] },
  ])
})

test('each attempt is told once with its outcome and its time from the pick', () => {
  const attempts = listen(events.attempt)
  const { clock, resolver, pick } = open()
  resolver.set(['10.0.0.1:80'])
  const one = pick()
  clock.advance(20)
  one.started()
  one.answered('good')
  expect(attempts).toEqual([])
  clock.advance(5)
  one.settle(answeredGood)
  one.settle(answeredBad)
  expect(attempts).toEqual([{ service: 'user-service', endpoint: '10.0.0.1:80', outcome: answeredGood, ms: 25 }])
})
