import { expect, test } from 'vitest'
import { answeredBad, answeredGood } from '../calling/outcome.ts'
import type { Answer, Pick } from '../calling/pick.ts'
import { peakEwma } from '../choosing/policy/peak-ewma.ts'
import { roundRobin } from '../choosing/policy/round-robin.ts'
import { parseTarget } from '../discovery/target.ts'
import { plainCall as call, fakeClock, manualResolver, seededRandom } from '../testing/index.ts'
import { type UpstreamsOptions, upstreams } from './upstreams.ts'

const target = parseTarget('user-service')

function open(options: Partial<UpstreamsOptions> & { readonly perPeer?: number } = {}) {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, clock, random: seededRandom(1), ...options })
  const upstream = services.of(target)
  const balancer = upstream.balancer({
    policies: [roundRobin(), peakEwma()],
    narrowings: [],
    maxInFlightPerPeer: options.perPeer,
  })
  const answers: string[] = []
  const wait = (deadline: number = Number.POSITIVE_INFINITY): Disposable =>
    balancer.wait({ ...call, deadline }, (answer) => answers.push(answer))
  return { clock, resolver, services, upstream, balancer, answers, wait }
}

function picked(answer: Answer): Pick {
  if (answer.kind !== 'pick') throw new Error(JSON.stringify(answer))
  return answer
}

test('a call waits for the first list and is served by it', () => {
  const { resolver, balancer, answers, wait } = open()
  expect(balancer.pick(call)).toEqual({ kind: 'wait' })
  wait()
  resolver.set(['10.0.0.1:80'])
  expect(answers).toEqual(['again'])
  expect(picked(balancer.pick(call)).peer.endpoint.locator).toBe('10.0.0.1:80')
})

test('without a list calls give up after 5 s, and later ones at once', () => {
  const { clock, balancer, answers, wait } = open()
  wait()
  clock.advance(4_999)
  expect(answers).toEqual([])
  clock.advance(1)
  expect(answers).toEqual(['discovery-failed'])
  expect(balancer.pick(call)).toEqual({ kind: 'refused', reason: 'discovery-failed' })
})

test('an absent Service is refused at once, also to those who waited', () => {
  const { resolver, balancer, answers, wait } = open()
  wait()
  resolver.absent()
  expect(answers).toEqual(['again'])
  expect(balancer.pick(call)).toEqual({ kind: 'refused', reason: 'absent' })
})

test('with nobody ready calls wait 3 s, then fail at once until somebody is', () => {
  const { clock, resolver, balancer, answers, wait } = open()
  resolver.set([])
  expect(balancer.pick(call)).toEqual({ kind: 'wait' })
  wait()
  clock.advance(3_000)
  expect(answers).toEqual(['no-endpoints'])
  clock.advance(1_000)
  expect(balancer.pick(call)).toEqual({ kind: 'refused', reason: 'failfast' })
  resolver.set(['10.0.0.1:80'])
  expect(balancer.pick(call).kind).toBe('pick')
})

test('a full peer takes nothing more; who waits goes when one settles', () => {
  const { resolver, balancer, answers, wait } = open({ perPeer: 1 })
  resolver.set(['10.0.0.1:80'])
  const one = picked(balancer.pick(call))
  expect(balancer.pick(call)).toEqual({ kind: 'wait' })
  wait()
  one.answered('good')
  expect(answers).toEqual([])
  one.settle(answeredGood)
  expect(answers).toEqual(['again'])
})

test('a deadline ends a wait, and a call without time is refused', () => {
  const { clock, resolver, balancer, answers, wait } = open({ perPeer: 1 })
  resolver.set(['10.0.0.1:80'])
  balancer.pick(call)
  wait(clock.now() + 50)
  clock.advance(50)
  expect(answers).toEqual(['deadline'])
  expect(balancer.pick({ ...call, deadline: clock.now() })).toEqual({ kind: 'refused', reason: 'deadline' })
})

test('a call names its policy; what was measured is shared by all balancers', () => {
  const { resolver, upstream, balancer } = open()
  resolver.set(['10.0.0.1:80', '10.0.0.2:80'])
  expect(balancer.pick({ ...call, policy: 'peakEwma(10000)' }).kind).toBe('pick')
  upstream.balancer({ policies: [peakEwma()], narrowings: [] })
  expect(Object.keys(upstream.inspect().peers[0]?.loads ?? {})).toEqual(['peakEwma(10000)'])
})

test('a shut peer gets one trial when its time is over, and a good one opens it', () => {
  const { clock, resolver, upstream, balancer } = open()
  resolver.set(['10.0.0.1:80', '10.0.0.2:80'])
  const standing = (): readonly string[] => upstream.inspect().peers.map((peer) => peer.standing)
  for (let failed = 0; failed < 5; ) {
    const pick = picked(balancer.pick(call))
    const bad = pick.peer.endpoint.locator === '10.0.0.1:80'
    pick.settle(bad ? answeredBad : answeredGood)
    if (bad) failed++
  }
  expect(standing()).toEqual(['shut', 'open'])
  clock.advance(33_001)
  const trial = picked(balancer.pick(call))
  expect(trial.peer.endpoint.locator).toBe('10.0.0.1:80')
  expect(picked(balancer.pick(call)).peer.endpoint.locator).toBe('10.0.0.2:80')
  trial.answered('good')
  expect(standing()).toEqual(['open', 'open'])
})

test('an upstream that no balancer has used for a minute is let go, one in use is not', async () => {
  const { clock, resolver, balancer, upstream, services } = open()
  clock.advance(3_600_000)
  expect(services.of(target)).toBe(upstream)
  expect(resolver.watches).toBe(1)
  await balancer[Symbol.asyncDispose]()
  clock.advance(60_000)
  expect(resolver.watches).toBe(0)
  expect(services.of(target)).not.toBe(upstream)
})

test('a thousand idle upstreams are kept, and the one unused longest goes first', () => {
  const { services, resolver } = open()
  for (let index = 0; index < 1_000; index++) services.of(parseTarget(`service-${index}`))
  expect(resolver.watches).toBe(1_000)
})

test('a target that nobody answers for is refused by name', () => {
  const services = upstreams({ resolver: manualResolver({ claims: ['user-service'] }) })
  expect(() => services.of(parseTarget('other'))).toThrow(/EVENKEEL_NOT_CLAIMED.*other/)
})

test('closing ends waits, leaves no timer and no watch, and refuses what comes later', async () => {
  const { clock, resolver, services, balancer, answers, wait } = open()
  wait()
  await services[Symbol.asyncDispose]()
  expect(answers).toEqual(['closed'])
  expect(balancer.pick(call)).toEqual({ kind: 'refused', reason: 'closed' })
  expect(resolver.watches).toBe(0)
  expect(clock.pending).toBe(0)
  expect(() => services.of(target)).toThrow(/EVENKEEL_CLOSED/)
})

test.each([
  [{ retry: { maxAttempts: 0 } }, 'maxAttempts: 0'],
  [{ retry: { budget: { ratio: 2 } } }, 'ratio: 2'],
  [{ firstSetMs: -1 }, 'firstSetMs: -1'],
  [{ failfastMs: Number.NaN }, 'failfastMs: NaN'],
  [{ maxWaiting: -1 }, 'maxWaiting: -1'],
])('%o is refused at once', (options, text) => {
  expect(() => upstreams({ resolver: manualResolver(), ...options })).toThrow(text)
})
