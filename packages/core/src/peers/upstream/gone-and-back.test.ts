import { expect, test } from 'vitest'
import { answeredBad, answeredGood, type Outcome } from '../../calling/outcome.ts'
import type { Pick } from '../../calling/pick.ts'
import { roundRobin } from '../../choosing/policy/round-robin.ts'
import { parseTarget } from '../../discovery/target.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import { consecutiveFailures } from '../guard/consecutive-failures.ts'
import { drainMark } from '../guard/drain-mark.ts'
import { retryAfter } from '../guard/retry-after.ts'
import type { GuardFactory } from '../guard.ts'
import { upstreams } from '../upstreams.ts'

const one = endpointAt('10.0.0.1:80', { uid: 'one' })
const other = endpointAt('10.0.0.2:80', { uid: 'other' })

function open(...guards: readonly GuardFactory[]) {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, guards, clock, random: seededRandom(1) })
  const upstream = services.of(parseTarget('user-service'))
  const balancer = upstream.balancer({ policies: [roundRobin()], narrowings: [] })
  resolver.set([one, other])
  const pickOne = (): Pick => {
    for (let tries = 0; tries < 10; tries++) {
      const answer = balancer.pick(call)
      if (answer.kind === 'pick' && answer.peer.endpoint.uid === 'one') return answer
      if (answer.kind === 'pick') answer.settle(answeredGood)
    }
    throw new Error('the peer was not picked')
  }
  return { clock, resolver, services, upstream, pickOne }
}

test.each([
  ['an opinion with a timer', consecutiveFailures({ failures: 1 }), answeredBad],
  ['an opinion with a time', retryAfter(), { ...answeredBad, retryAfterMs: 1_000 }],
  ['a fact', drainMark(), { ...answeredGood, leaving: true }],
] as const)(
  'a peer that comes back as itself is not held to %s that its guard forgot',
  (_, guard, outcome: Outcome) => {
    const { resolver, pickOne, upstream } = open(guard)
    const kept = pickOne()
    pickOne().settle(outcome)
    expect(kept.peer.standing).not.toBe('open')
    resolver.patch([], [one.locator])
    resolver.patch([one])
    expect(kept.peer.standing).toBe('open')
    expect(kept.peer.inFlight).toBe(1)
    kept.settle(answeredGood)
    expect(upstream.inspect().peers.map(({ why }) => why)).toEqual([[], []])
  },
)

test.each([
  ['consecutive failures', consecutiveFailures({ failures: 1 }), answeredBad],
  ['Retry-After', retryAfter(), { ...answeredBad, retryAfterMs: 1_000 }],
  ['the drain mark', drainMark(), { ...answeredGood, leaving: true }],
] as const)('what ends on a peer that is gone leaves no timer of %s', (_, guard, outcome: Outcome) => {
  const { clock, resolver, pickOne } = open(guard)
  const pick = pickOne()
  resolver.patch([], [one.locator])
  pick.settle(outcome)
  clock.advance(100)
  expect(clock.pending).toBe(0)
})
