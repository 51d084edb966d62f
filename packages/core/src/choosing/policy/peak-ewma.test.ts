import { expect, test } from 'vitest'
import { answeredBad, answeredGood, lostMaybeProcessed, type Outcome } from '../../calling/outcome.ts'
import { parseTarget } from '../../discovery/target.ts'
import { upstreams } from '../../peers/upstreams.ts'
import { plainCall as call, endpointsAt, fakeClock, manualResolver, seededRandom } from '../../testing/index.ts'
import { peakEwma } from './peak-ewma.ts'

/** How an endpoint answers. `never`: not at all; the caller gives up after its time-out. */
interface Behaviour {
  readonly ms: number
  readonly outcome?: Outcome
}
const never: Behaviour = { ms: 30_000, outcome: lostMaybeProcessed }

/** Calls come at an even rate whatever becomes of them; `behaves` may change meanwhile. Without guards: what is seen is the policy alone. */
function open(count: number, seed: number) {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  const services = upstreams({ resolver, guards: [], clock, random: seededRandom(seed) })
  const balancer = services.of(parseTarget('user-service')).balancer({ policies: [peakEwma()], narrowings: [] })
  resolver.set(endpointsAt(count))
  const behaves: Behaviour[] = Array.from({ length: count }, () => ({ ms: 10 }))
  /** Shares of the picks, as multiples of the fair share. */
  const run = (seconds: number, perSecond: number): readonly number[] => {
    const picks = behaves.map(() => 0)
    for (let made = 0; made < seconds * perSecond; made++) {
      const answer = balancer.pick(call)
      if (answer.kind !== 'pick') throw new Error(answer.kind)
      const { row } = answer.peer
      picks[row] = (picks[row] as number) + 1
      const { ms, outcome = answeredGood } = behaves[row] as Behaviour
      clock.after(ms, () => answer.settle(outcome))
      clock.advance(1_000 / perSecond)
    }
    return picks.map((picked) => (picked * count) / (seconds * perSecond))
  }
  return { clock, services, behaves, run }
}

const seeds = [1, 2, 3, 4, 5]

test.each(seeds)('alike endpoints get alike shares (seed %i)', (seed) => {
  const { run } = open(6, seed)
  for (const share of run(20, 300)) expect(Math.abs(share - 1)).toBeLessThan(0.15)
})

test.each(seeds)('an endpoint that never answers gets one call (seed %i)', (seed) => {
  const { behaves, run } = open(10, seed)
  behaves[0] = never
  const perSecond = 100
  const share = run(20, perSecond)[0] as number
  expect(Math.round((share / 10) * 20 * perSecond)).toBe(1)
})

test.each(seeds)(
  'an endpoint that freezes gets a few calls more and then none until they have failed (seed %i)',
  (seed) => {
    const { behaves, run } = open(10, seed)
    run(10, 300)
    behaves[0] = never
    const first = (run(1, 300)[0] as number) * 30
    expect(first).toBeLessThanOrEqual(6)
    expect(run(20, 300)[0]).toBe(0)
  },
)

test.each(seeds)('an endpoint that fails at once gets no more than trials (seed %i)', (seed) => {
  const { behaves, run } = open(6, seed)
  run(5, 300)
  behaves[0] = { ms: 1, outcome: answeredBad }
  run(1, 300)
  // One trial a second is 1 of 300.
  expect(((run(20, 300)[0] as number) / 6) * 20 * 300).toBeLessThanOrEqual(21)
})

test.each(seeds)(
  'an endpoint that is ten times slower gets at most 2 %, and half its fair share again within 5 s of healing (seed %i)',
  (seed) => {
    const { behaves, run } = open(6, seed)
    run(10, 300)
    behaves[0] = { ms: 100 }
    run(2, 300)
    expect((run(8, 300)[0] as number) / 6).toBeLessThan(0.02)
    behaves[0] = { ms: 10 }
    run(5, 300)
    expect(run(5, 300)[0]).toBeGreaterThan(0.5)
  },
)

// Costs that are equal mean half the calls in flight, which is a quarter of the rate; chance in the pairs adds to that.
test.each(seeds)('an endpoint that is twice as slow gets between a quarter and half of a share (seed %i)', (seed) => {
  for (const perSecond of [300, 3_000]) {
    const { behaves, run } = open(6, seed)
    behaves[0] = { ms: 20 }
    run(2, perSecond)
    const share = run(4, perSecond)[0]
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.5)
  }
})

test.each(seeds)('of two endpoints the one that failed is tried again and comes back (seed %i)', (seed) => {
  const { behaves, run } = open(2, seed)
  run(5, 100)
  behaves[0] = { ms: 1, outcome: answeredBad }
  run(2, 100)
  behaves[0] = { ms: 10 }
  run(5, 100)
  expect(run(5, 100)[0]).toBeGreaterThan(0.5)
})

test.each(seeds)('after idle time a bad endpoint is tried again (seed %i)', (seed) => {
  const { clock, behaves, run } = open(4, seed)
  run(5, 100)
  behaves[0] = { ms: 1, outcome: answeredBad }
  run(5, 100)
  behaves[0] = { ms: 10 }
  // 12 times the decay: 5 s have become less than a millisecond.
  clock.advance(120_000)
  expect(run(2, 100)[0]).toBeGreaterThan(0.5)
})

test('the name tells the decay, and one that is not above 0 is refused', () => {
  expect(peakEwma().name).toBe('peakEwma(10000)')
  expect(peakEwma({ decayMs: 500 }).name).toBe('peakEwma(500)')
  expect(() => peakEwma({ decayMs: 0 })).toThrow('decayMs: 0 (expected: > 0)')
})
