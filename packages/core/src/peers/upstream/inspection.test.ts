import { expect, test } from 'vitest'
import { answeredBad } from '../../calling/outcome.ts'
import { leastRequest } from '../../choosing/policy/least-request.ts'
import { parseTarget } from '../../discovery/target.ts'
import { EvenkeelError } from '../../errors.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import { consecutiveFailures } from '../guard/consecutive-failures.ts'
import { upstreams } from '../upstreams.ts'

function open() {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({
    resolver,
    guards: [consecutiveFailures({ failures: 1, baseMs: 1_000 })],
    clock,
    random: seededRandom(1),
  })
  const upstream = services.of(parseTarget('user-service.shop'))
  const balancer = upstream.balancer({ policies: [leastRequest()], narrowings: [] })
  const pick = () => {
    const answer = balancer.pick(call)
    if (answer.kind !== 'pick') throw new Error(answer.kind)
    return answer
  }
  return { clock, resolver, upstream, balancer, pick }
}

test('before the first word of discovery there is nothing, of unknown age', () => {
  expect(open().upstream.inspect()).toEqual({
    target: 'user-service.shop',
    status: 'pending',
    error: undefined,
    seenMsAgo: Number.POSITIVE_INFINITY,
    peers: [],
    waiting: 0,
    budgetLeft: 100,
  })
})

test('each peer is shown with its standing and why, calls, silence, trial, loads and shares', () => {
  const { clock, resolver, upstream, pick } = open()
  resolver.set([endpointAt('10.0.0.1:80', { uid: 'one' }), endpointAt('10.0.0.2:80', { weight: 2 })])
  // The heavier is cheaper until it has two calls; the third goes to the other one.
  const [first, second, bad] = [pick(), pick(), pick()] as const
  expect([first, second, bad].map(({ peer }) => peer.endpoint.uid)).toEqual([undefined, undefined, 'one'])
  bad.settle(answeredBad)
  clock.advance(40)
  expect(upstream.inspect().peers).toEqual([
    {
      locator: '10.0.0.1:80',
      uid: 'one',
      condition: 'ready',
      standing: 'shut',
      why: ['consecutive-failures'],
      inFlight: 0,
      silentMs: 0,
      trial: false,
      loads: { pending: 1 },
      shares: [1],
    },
    {
      locator: '10.0.0.2:80',
      uid: undefined,
      condition: 'ready',
      standing: 'open',
      why: [],
      inFlight: 2,
      silentMs: 40,
      trial: false,
      loads: { pending: 1.5 },
      shares: [1],
    },
  ])
  clock.advance(1_100)
  expect(upstream.inspect().peers[0]?.trial).toBe(true)
  const trial = pick()
  expect(upstream.inspect().peers[0]?.trial).toBe(true)
  trial.answered('good')
  expect(upstream.inspect().peers[0]).toMatchObject({ trial: false, standing: 'open', why: [], inFlight: 1 })
})

test('the age of discovery, its error, waiting calls and the budget are shown', () => {
  const { clock, resolver, upstream, balancer } = open()
  resolver.set([])
  clock.advance(700)
  const error = new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', 'denied')
  resolver.fail(error)
  balancer.wait(call, () => {})
  upstream.attempts.budget.withdraw(clock.now())
  expect(upstream.inspect()).toMatchObject({ status: 'stale', error, seenMsAgo: 700, waiting: 1, budgetLeft: 99 })
})

test('a snapshot does not change later, and looking changes nothing', () => {
  const { resolver, upstream, pick } = open()
  resolver.set(['10.0.0.1:80'])
  const before = upstream.inspect()
  expect(upstream.inspect()).toEqual(before)
  pick()
  expect(before.peers[0]?.inFlight).toBe(0)
})

test('a listener hears the peers that are there, their leaving and the status, until it is disposed', () => {
  const { resolver, upstream } = open()
  resolver.set([endpointAt('10.0.0.1:80', { condition: 'serving-terminating' }), endpointAt('10.0.0.2:80')])
  const heard: string[] = []
  const watching = upstream.watch({
    joined: (peer) => heard.push(`joined ${peer.endpoint.address}`),
    leaving: (peer) => heard.push(`leaving ${peer.endpoint.address}`),
    left: (peer) => heard.push(`left ${peer.endpoint.address}`),
    status: (set) => heard.push(set.status),
  })
  expect(heard.splice(0)).toEqual(['joined 10.0.0.1', 'leaving 10.0.0.1', 'joined 10.0.0.2', 'ok'])
  resolver.set([endpointAt('10.0.0.2:80', { condition: 'serving-terminating' }), endpointAt('10.0.0.3:80')])
  expect(heard.splice(0)).toEqual(['left 10.0.0.1', 'leaving 10.0.0.2', 'joined 10.0.0.3', 'ok'])
  watching[Symbol.dispose]()
  resolver.set([])
  expect(heard).toEqual([])
})
