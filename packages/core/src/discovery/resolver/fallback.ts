/**
 * A better source and a simpler one: DNS answers until the watch of the API is permitted, and again when it no longer is.
 */
import { type Clock, systemClock } from '../../clock.ts'
import { invalidOption } from '../../errors.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import type { Target } from '../target.ts'
import { HandOver } from './hand-over.ts'

/** Options of `fallback`. */
export interface FallbackOptions {
  /**
   * How long the list of a failing better source is trusted before the simpler one is heard.
   * @defaultValue 300_000: longer than the restart of an API server, shorter than a pod's address usually stays unused
   */
  readonly staleMs?: number | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
}

/** Resolvers from the best to the last resort; options may follow. */
export type FallbackParts = readonly [Resolver, ...Resolver[]] | readonly [Resolver, ...Resolver[], FallbackOptions]

/**
 * Claims what any of the resolvers claims and asks all that do, at once: the next best has its answer ready when it is needed. Of two
 * resolvers, `a` and `b` (more are taken as `fallback(a, fallback(b, …))`):
 *
 * - `b` answers until the first `ok` of `a`; also where `a` says `absent`, since `b` may know what `a` does not, such as an
 *   ExternalName. From then on `a` answers, its `absent` too.
 * - When `a` fails its list is kept and `stale`. Only a permission error (`isForbidden`: HTTP status 403 in the error or its causes)
 *   or `staleMs` without a sign of life lets `b` in.
 * - `b` then adds what it names. An endpoint goes only when two complete answers of `b` lack it. Virtual addresses alone
 *   are added and take nothing away. While something is kept that `b` does not name, the status is `stale`.
 * - The next complete answer of `a` makes `a` the source again.
 * - A source that names virtual addresses only does not stand in front of a healthy one that names real ones.
 * - An error never removes an endpoint, nor does a hand-over by itself.
 *
 * `seenAt` and `completeAnswers` are those of the source in charge.
 *
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` without resolvers, or for a `staleMs` that is not above 0.
 *
 * @example
 * ```ts run
 * import { endpoints, environment, fallback, staticEndpoints } from '@evenkeel/core'
 *
 * const variables = { ORDER_SERVICE_SERVICE_HOST: '10.96.0.8', ORDER_SERVICE_SERVICE_PORT: '8080' }
 * const resolver = fallback(staticEndpoints({ 'user-service': ['10.0.0.1:8080'] }), environment({ variables }))
 * for (const service of ['user-service', 'order-service']) {
 *   const [first] = await endpoints(resolver, service)
 *   console.log(service, first?.locator)
 * }
 * ```
 * ```text
 * user-service 10.0.0.1:8080
 * order-service 10.96.0.8:8080
 * ```
 */
export function fallback(...parts: FallbackParts): Resolver {
  const given: readonly (Resolver | FallbackOptions)[] = parts
  const resolvers = given.filter(isResolver)
  const { staleMs = 300_000, clock = systemClock } = given.find(isOptions) ?? noOptions
  if (!(staleMs > 0)) throw invalidOption('staleMs', staleMs, '> 0')
  const [last] = resolvers.slice(-1)
  if (last === undefined) throw invalidOption('resolvers', resolvers, 'at least one')
  return resolvers.slice(0, -1).reduceRight((rest, resolver) => pair(resolver, rest, staleMs, clock), last)
}

const noOptions: FallbackOptions = {}

function pair(a: Resolver, b: Resolver, staleMs: number, clock: Clock): Resolver {
  return {
    claims: (target: Target) => a.claims(target) || b.claims(target),
    watch(target: Target, observer: Observer): Watch {
      const claimed = a.claims(target)
      if (claimed !== b.claims(target)) return (claimed ? a : b).watch(target, observer)
      return new HandOver({ a, b, target, observer, staleMs, clock })
    },
  }
}

function isResolver(part: Resolver | FallbackOptions): part is Resolver {
  return 'watch' in part
}

function isOptions(part: Resolver | FallbackOptions): part is FallbackOptions {
  return !isResolver(part)
}
