import { expect, test } from 'vitest'
import { answeredBad, answeredGood, answeredOverloaded, cancelledUnprocessed } from '../../calling/outcome.ts'
import type { Pick } from '../../calling/pick.ts'
import { roundRobin } from '../../choosing/policy/round-robin.ts'
import { parseTarget } from '../../discovery/target.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import type { GuardFactory } from '../guard.ts'
import { upstreams } from '../upstreams.ts'
import { consecutiveFailures } from './consecutive-failures.ts'
import { retryAfter } from './retry-after.ts'

const seed = 3

/** Two peers; the guard, with its defaults, is seen through the picks of an upstream. */
function open(guard: GuardFactory) {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, guards: [guard], clock, random: seededRandom(seed) })
  const upstream = services.of(parseTarget('user-service'))
  const balancer = upstream.balancer({ policies: [roundRobin()], narrowings: [] })
  resolver.set([endpointAt('a:80'), endpointAt('b:80')])
  /** The next pick if it goes to a; one that goes to b is answered well. */
  const pickA = (): Pick | undefined => {
    const answer = balancer.pick(call)
    if (answer.kind !== 'pick') throw new Error(answer.kind)
    if (answer.peer.endpoint.address === 'a') return answer
    answer.settle(answeredGood)
    return undefined
  }
  const openA = (): Pick => {
    const pick = pickA() ?? pickA()
    if (pick === undefined) throw new Error('a was not picked')
    return pick
  }
  /** Calls every 100 ms until one goes to a. */
  const trial = (): { readonly pick: Pick; readonly afterMs: number } => {
    const begin = clock.now()
    for (let step = 0; step < 10_000; step++) {
      const pick = pickA()
      if (pick !== undefined) return { pick, afterMs: clock.now() - begin }
      clock.advance(100)
    }
    throw new Error('no trial came')
  }
  const standing = () => upstream.inspect().peers[0]?.standing
  const picksOfA = (calls: number) => Array.from({ length: calls }, pickA).filter((pick) => pick !== undefined)
  return { clock, openA, trial, standing, picksOfA }
}

test(`a peer is shut for 30 s, 60 s and so on up to 300 s, and up to a tenth more (seed ${seed})`, () => {
  const { openA, trial } = open(consecutiveFailures())
  for (let time = 0; time < 5; time++) openA().settle(answeredBad)
  for (const seconds of [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]) {
    const { pick, afterMs } = trial()
    expect(afterMs).toBeGreaterThanOrEqual(seconds * 1_000)
    expect(afterMs).toBeLessThanOrEqual(seconds * 1_100 + 100)
    pick.settle(answeredBad)
  }
})

test('exactly one call is a trial, and a good one opens the peer for all', () => {
  const { openA, trial, standing, picksOfA } = open(consecutiveFailures())
  for (let time = 0; time < 5; time++) openA().settle(answeredBad)
  expect(standing()).toBe('shut')
  const { pick } = trial()
  expect(picksOfA(50)).toEqual([])
  pick.answered('good')
  expect(standing()).toBe('open')
  expect(picksOfA(50)).toHaveLength(25)
})

test('a trial that nobody began is made by the next call', () => {
  const { openA, trial, standing } = open(consecutiveFailures())
  for (let time = 0; time < 5; time++) openA().settle(answeredBad)
  trial().pick.settle(cancelledUnprocessed)
  expect(standing()).toBe('shut')
  expect(trial().afterMs).toBe(0)
})

test('a peer that says Retry-After gets nothing for that long and then its turns, without a trial', () => {
  const { clock, openA, standing, picksOfA } = open(retryAfter())
  openA().settle({ ...answeredOverloaded, retryAfterMs: 2_000 })
  clock.advance(1_999)
  expect(picksOfA(50)).toEqual([])
  clock.advance(1)
  expect(standing()).toBe('open')
  expect(picksOfA(50)).toHaveLength(25)
})
