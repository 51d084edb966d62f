/**
 * The laws for resolvers. What the source says is in the hands of the suite where a resolver has a source that can be moved.
 */
import type { EndpointInput, Resolver, Target } from '@evenkeel/core'
import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { type HistoryOptions, historyOptions } from './history-options.ts'
import { type Law, once } from './law.ts'
import { exploreResolver } from './resolver/resolver-history.ts'
import { checkClaims, checkDispose, checkFirstSet, checkTwoWatches } from './resolver/resolver-plays.ts'

/** A resolver as `make` gives it; more fields are passed on to `control`. */
export interface MadeResolver {
  /** The one under test. */
  readonly resolver: Resolver
  /** A target that it answers for. */
  readonly target: Target
  /** A target that it does not answer for. @defaultValue it answers for all */
  readonly unclaimed?: Target | undefined
}

/**
 * How to move the source. Each method returns, or its promise resolves, when the resolver must have heard. A law that needs a method that is
 * missing is left out.
 */
export interface ResolverControl<Made extends MadeResolver> {
  /** A complete answer: these and no others. */
  answer?(made: Made, endpoints: readonly EndpointInput[]): void | Promise<void>
  /** A complete answer: there is no such Service. */
  absent?(made: Made): void | Promise<void>
  /** An error of the source, one that is not a refusal for ever. */
  fail?(made: Made, error: Error): void | Promise<void>
  /** What is open at the source: watches, sockets, timers other than the clock's. */
  open?(made: Made): number
}

/** What `resolverLaws` asks for. */
export interface ResolverSubject<Made extends MadeResolver> {
  /** Called for every history, with a clock of its own. */
  make(clock: FakeClock): Made
  /** How to move the source. @defaultValue none; the laws that need it are left out */
  readonly control?: ResolverControl<Made> | undefined
  /** Whether its source can say that an endpoint shall get more than another. @defaultValue 'told' */
  readonly weights?: 'told' | 'untold' | undefined
}

/**
 * The laws of discovery for a resolver.
 *
 * @example
 * ```ts
 * import { test } from 'node:test'
 * import { parseTarget, staticEndpoints } from '@evenkeel/core'
 * import { resolverLaws } from '@evenkeel/testkit'
 *
 * const target = parseTarget('user-service')
 * const laws = resolverLaws({
 *   make: (clock) => ({ resolver: staticEndpoints({ 'user-service': [] }, { clock }), target }),
 *   control: { answer: ({ resolver }, endpoints) => resolver.set('user-service', endpoints) },
 * })
 * for (const law of laws) test(law.name, law.check)
 * ```
 */
export function resolverLaws<Made extends MadeResolver>(
  subject: ResolverSubject<Made>,
  options: HistoryOptions = {},
): readonly Law[] {
  const { control = {} } = subject
  const { histories, steps, seed } = historyOptions(options, 1_000)
  const findings = once(() => exploreResolver(subject, { histories, steps, seed }))
  const told = (number: number, name: string): Law => ({
    name,
    check: async () => {
      const breach = (await findings()).get(number)
      if (breach !== undefined) throw breach
    },
  })
  const made = () => {
    const clock = fakeClock()
    return { clock, ...subject.make(clock) }
  }
  return [
    { name: 'claims answers at once, true for what is watched', check: () => checkClaims(made()) },
    {
      name: 'the observer may be called before watch returns, and every set is whole',
      check: () => checkFirstSet(subject),
    },
    { name: 'after dispose nothing is heard and nothing is left', check: () => checkDispose(subject) },
    ...(control.answer === undefined
      ? []
      : [
          told(1, 'each set agrees with its base, its change and the answer, and versions rise'),
          told(4, 'equal observations are not emitted, and an endpoint that stays is the same object'),
          { name: 'watches do not disturb each other', check: () => checkTwoWatches(subject) },
        ]),
    ...(control.answer === undefined || (control.fail === undefined && control.absent === undefined)
      ? []
      : [told(3, 'an error is a state that removes nobody; a complete answer of none removes all')]),
  ]
}
