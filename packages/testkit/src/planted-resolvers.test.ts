/**
 * Each law for resolvers can fail: a manual resolver whose sets are tampered with on the way.
 */
import { type EndpointSet, endpoint, type Observer, parseTarget, type Resolver, type Watch } from '@evenkeel/core'
import { type ManualResolver, manualResolver } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { type MadeResolver, type ResolverSubject, resolverLaws } from './resolver-laws.ts'

interface Made extends MadeResolver {
  readonly source: ManualResolver
}

/** What a fault may do. */
interface Tampering {
  /** Called for each set instead of the observer. */
  set?(set: EndpointSet, observer: Observer): void
  watch?(watch: Watch, observer: Observer): Watch
  claims?(right: boolean): boolean
  fail?(source: ManualResolver, error: Error): void
}

function tampered(tampering: Tampering): ResolverSubject<Made> {
  return {
    make: (clock) => {
      const source = manualResolver({ clock, claims: ['user-service'] })
      const {
        set = (one, observer) => observer(one),
        watch: wrap = (watch) => watch,
        claims = (right) => right,
      } = tampering
      const resolver: Resolver = {
        claims: (target) => claims(source.claims(target)),
        watch: (target, observer) =>
          wrap(
            source.watch(target, (one) => set(one, observer)),
            observer,
          ),
      }
      return { resolver, target: parseTarget('user-service'), unclaimed: parseTarget('other'), source }
    },
    control: {
      answer: ({ source }, endpoints) => source.set(endpoints),
      absent: ({ source }) => source.absent(),
      fail: ({ source }, error) => (tampering.fail ?? ((one: ManualResolver) => one.fail(error)))(source, error),
      open: ({ source }) => source.watches,
    },
  }
}

async function redLaws(subject: ResolverSubject<Made>): Promise<readonly string[]> {
  const red: string[] = []
  for (const law of resolverLaws(subject, { histories: 50 })) {
    try {
      await law.check()
    } catch (error) {
      red.push(String(error))
    }
  }
  return red
}

const faults: readonly (readonly [string, Tampering, RegExp])[] = [
  [
    'emits equal sets',
    {
      set: (set, observer) => {
        observer(set)
        observer({ ...set, version: set.version + 0.5, base: set.version, changed: [], removed: [] })
      },
    },
    /law 4: version .* says what .* said/,
  ],
  [
    'makes new endpoints of equal ones',
    { set: (set, observer) => observer({ ...set, endpoints: set.endpoints.map((one) => Object.freeze({ ...one })) }) },
    /law 4: .* is frozen anew/,
  ],
  [
    'does not freeze endpoints',
    { set: (set, observer) => observer({ ...set, endpoints: set.endpoints.map((one) => ({ ...one })) }) },
    /law 4: .* is not frozen/,
  ],
  ['repeats a version', { set: (set, observer) => observer({ ...set, version: 7 }) }, /law 1: version 7 follows 7/],
  [
    'leaves out what was removed',
    { set: (set, observer) => observer({ ...set, removed: [] }) },
    /law 1: removed names /,
  ],
  [
    'names too few changes',
    { set: (set, observer) => observer({ ...set, changed: set.changed.slice(1) }) },
    /law 1: changed names /,
  ],
  [
    'loses an endpoint',
    { set: (set, observer) => observer({ ...set, base: undefined, endpoints: set.endpoints.slice(1) }) },
    /law 1: .* is missing, status ok/,
  ],
  [
    'has a place twice',
    { set: (set, observer) => observer({ ...set, base: undefined, endpoints: [...set.endpoints, ...set.endpoints] }) },
    /law 1: two endpoints have one locator/,
  ],
  [
    'empties its list with an error',
    { fail: (source, error) => source.say({ status: 'stale', endpoints: [], error }) },
    /law 3: .* is missing, status stale/,
  ],
  [
    'hides its errors',
    { set: (set, observer) => observer({ ...set, error: undefined }) },
    /law 3: status stale with the error undefined/,
  ],
  [
    'calls a failure ok',
    { set: (set, observer) => observer(set.status === 'stale' ? { ...set, status: 'ok', error: undefined } : set) },
    /law 3: the status is ok \(expected: stale\)/,
  ],
  [
    'speaks once more after dispose',
    {
      watch: (watch, observer) => ({
        ...fields(watch),
        [Symbol.asyncDispose]: async () => {
          await watch[Symbol.asyncDispose]()
          setImmediate(() => observer(late))
        },
      }),
    },
    /law 11: \d+ sets are heard after dispose/,
  ],
  [
    'goes on after dispose',
    { watch: (watch) => ({ ...fields(watch), [Symbol.asyncDispose]: async () => {} }) },
    /law 11: timers and open things: 0, 1, before: 0, 0/,
  ],
  ['claims everything', { claims: () => true }, /law 1: a target that it does not answer for is claimed/],
  ['claims nothing', { claims: () => false }, /law 1: the target that it answers for is not claimed/],
  [
    'counts no answers',
    { watch: (watch) => ({ ...fields(watch), completeAnswers: 0 }) },
    /law 1: completeAnswers is 0 after a complete answer/,
  ],
]

const late: EndpointSet = {
  version: 1_000,
  status: 'ok',
  error: undefined,
  endpoints: [],
  base: undefined,
  changed: [],
  removed: [],
}

function fields(watch: Watch): Watch {
  const { seenAt, completeAnswers } = watch
  return { seenAt, completeAnswers, refresh: () => {}, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() }
}

test.each(faults)('a resolver that %s breaks a law', async (_, tampering, expected) => {
  expect(await redLaws(tampered(tampering))).toContainEqual(expect.stringMatching(expected))
})

test('a resolver that leaves a timer breaks a law', async () => {
  const subject = tampered({})
  const leaky: ResolverSubject<Made> = {
    ...subject,
    make: (clock) => {
      const made = subject.make(clock)
      const { resolver } = made
      const watch: Resolver['watch'] = (target, observer) => {
        clock.after(1_000_000, () => {})
        return resolver.watch(target, observer)
      }
      return { ...made, resolver: { claims: (target) => resolver.claims(target), watch } }
    },
  }
  expect(await redLaws(leaky)).toContainEqual(
    expect.stringMatching(/law 11: timers and open things: 1, 0, before: 0, 0/),
  )
})

test('a resolver whose watches share one end breaks a law', async () => {
  const subject = tampered({})
  const shared: ResolverSubject<Made> = {
    ...subject,
    make: (clock) => {
      const made = subject.make(clock)
      const { resolver } = made
      const all: Watch[] = []
      const watch: Resolver['watch'] = (target, observer) => {
        const one = resolver.watch(target, observer)
        all.push(one)
        const end = async () => void (await Promise.all(all.map((each) => each[Symbol.asyncDispose]())))
        return { ...fields(one), completeAnswers: 1, [Symbol.asyncDispose]: end }
      }
      return { ...made, resolver: { claims: (target) => resolver.claims(target), watch } }
    },
  }
  expect(await redLaws(shared)).toContainEqual(
    expect.stringMatching(/law 1: a watch is disturbed by the end of another/),
  )
})

test('the resolver without a fault keeps every law', async () => {
  expect(await redLaws(tampered({}))).toEqual([])
})

test('a source that cannot tell weights is asked for none when it says so, and is red when it does not', async () => {
  const subject = tampered({})
  const weightless: ResolverSubject<Made> = {
    ...subject,
    control: {
      ...subject.control,
      answer: ({ source }, endpoints) =>
        source.set(endpoints.map((one) => (typeof one === 'string' ? one : endpoint({ ...one, weight: 1 })))),
    },
  }
  expect(await redLaws({ ...weightless, weights: 'untold' })).toEqual([])
  expect((await redLaws(weightless)).join()).toContain('is not what the source said last')
})
