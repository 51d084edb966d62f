import {
  type EndpointInput,
  environment,
  fallback,
  lastGood,
  merge,
  parseTarget,
  staticEndpoints,
} from '@evenkeel/core'
import { type FakeClock, manualResolver } from '@evenkeel/core/testing'
import { describe, test } from 'vitest'
import { type MadeResolver, type ResolverControl, resolverLaws } from './resolver-laws.ts'

const histories = Math.ceil(Number(process.env.EVENKEEL_HISTORIES ?? 10_000) / 10)
const seed = Number(process.env.EVENKEEL_SEED ?? 1)
const target = parseTarget('user-service')
const unclaimed = parseTarget('other-service')

function suite(name: string, laws: ReturnType<typeof resolverLaws>): void {
  describe(name, () => {
    for (const law of laws) test(law.name, law.check, 120_000)
  })
}

/** Resolvers over manual ones: the first is moved, all are counted. */
interface Layered extends MadeResolver {
  readonly sources: readonly ReturnType<typeof manualResolver>[]
}

const layered: ResolverControl<Layered> = {
  answer: ({ sources }, endpoints) => sources[0]?.set(endpoints),
  absent: ({ sources }) => sources[0]?.absent(),
  fail: ({ sources }, error) => sources[0]?.fail(error),
  open: ({ sources }) => sources.reduce((sum, source) => sum + source.watches, 0),
}

function sourcesAt(clock: FakeClock, count: number): readonly ReturnType<typeof manualResolver>[] {
  return Array.from({ length: count }, () => manualResolver({ clock, claims: ['user-service'] }))
}

suite(
  'staticEndpoints',
  resolverLaws(
    {
      make: (clock) => ({ resolver: staticEndpoints({ 'user-service': [] }, { clock }), target, unclaimed }),
      control: {
        answer: ({ resolver }, endpoints: readonly EndpointInput[]) => resolver.set('user-service', endpoints),
      },
    },
    { histories, seed },
  ),
)

suite(
  'environment',
  resolverLaws({
    make: (clock) => {
      const variables = { USER_SERVICE_SERVICE_HOST: '10.0.0.1', USER_SERVICE_SERVICE_PORT: '80' }
      return { resolver: environment({ variables, clock }), target, unclaimed }
    },
  }),
)

suite(
  'manualResolver',
  resolverLaws<Layered>(
    {
      make: (clock) => {
        const sources = sourcesAt(clock, 1)
        return { resolver: sources[0] as ReturnType<typeof manualResolver>, target, unclaimed, sources }
      },
      control: layered,
    },
    { histories, seed },
  ),
)

suite(
  'lastGood, over a source that forgets its list with every error',
  resolverLaws<Layered>(
    {
      make: (clock) => {
        const sources = sourcesAt(clock, 1)
        return {
          resolver: lastGood(sources[0] as ReturnType<typeof manualResolver>, { clock }),
          target,
          unclaimed,
          sources,
        }
      },
      control: {
        ...layered,
        fail: ({ sources }, error) => sources[0]?.say({ status: 'failed', endpoints: [], error }),
      },
    },
    { histories, seed },
  ),
)

suite(
  'merge, beside a source that names nothing',
  resolverLaws<Layered>(
    {
      make: (clock) => {
        const sources = sourcesAt(clock, 2)
        const [first, second] = sources as [ReturnType<typeof manualResolver>, ReturnType<typeof manualResolver>]
        second.absent()
        return { resolver: merge(first, second), target, unclaimed, sources }
      },
      control: layered,
    },
    { histories, seed },
  ),
)

suite(
  'fallback, while the better source answers',
  resolverLaws<Layered>(
    {
      make: (clock) => {
        const sources = sourcesAt(clock, 2)
        const [first, second] = sources as [ReturnType<typeof manualResolver>, ReturnType<typeof manualResolver>]
        return { resolver: fallback(first, second, { clock }), target, unclaimed, sources }
      },
      control: layered,
    },
    { histories, seed },
  ),
)

suite(
  'fallback, while only the simpler source answers',
  resolverLaws<Layered>(
    {
      make: (clock) => {
        const sources = sourcesAt(clock, 2)
        const [better, simpler] = sources as [ReturnType<typeof manualResolver>, ReturnType<typeof manualResolver>]
        return { resolver: fallback(better, simpler, { clock }), target, unclaimed, sources: [simpler, better] }
      },
      control: layered,
    },
    { histories, seed },
  ),
)
