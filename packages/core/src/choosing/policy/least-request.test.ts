import { expect, test } from 'vitest'
import { answeredGood } from '../../calling/outcome.ts'
import type { Pick } from '../../calling/pick.ts'
import { parseTarget } from '../../discovery/target.ts'
import { upstreams } from '../../peers/upstreams.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import { type LeastRequestOptions, leastRequest } from './least-request.ts'

function open(options: LeastRequestOptions, weights: readonly number[]) {
  const resolver = manualResolver()
  const services = upstreams({ resolver, clock: fakeClock(), random: seededRandom(4) })
  const balancer = services
    .of(parseTarget('user-service'))
    .balancer({ policies: [leastRequest(options)], narrowings: [] })
  resolver.set(weights.map((weight, row) => endpointAt(`p${row}:80`, { weight })))
  return (): Pick => {
    const answer = balancer.pick(call)
    if (answer.kind !== 'pick') throw new Error(answer.kind)
    return answer
  }
}

test.each(['two', 'all'] as const)('the one busy endpoint among idle ones gets nothing (compare: %s)', (compare) => {
  const pick = open({ compare }, [1, 1, 1, 1])
  const busy = pick()
  for (let count = 0; count < 1_000; count++) {
    const next = pick()
    expect(next.peer).not.toBe(busy.peer)
    next.settle(answeredGood)
  }
})

test('comparing all keeps calls in flight within one of each other', () => {
  const pick = open({ compare: 'all' }, [1, 1, 1, 1, 1])
  const peers = new Set(Array.from({ length: 32 }, () => pick().peer))
  const inFlight = [...peers].map((peer) => peer.inFlight)
  expect(inFlight.sort()).toEqual([6, 6, 6, 7, 7])
})

test('comparing two keeps calls in flight close, and in proportion to weights', () => {
  const pick = open({}, [1, 1, 1, 1, 2])
  const peers = new Set(Array.from({ length: 600 }, () => pick().peer))
  for (const peer of peers) expect(Math.abs(peer.inFlight / peer.endpoint.weight - 100)).toBeLessThan(8)
})

test('a comparison that is neither is refused', () => {
  expect(leastRequest().name).toBe('leastRequest(two)')
  expect(() => leastRequest({ compare: 'three' as 'two' })).toThrow(`compare: "three" (expected: 'two' or 'all')`)
})
