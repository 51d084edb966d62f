/**
 * Where endpoints come from. A resolver knows no transport; any resolver feeds any transport.
 * The members in `resolver/` are combined by `fallback`, `merge` and `lastGood`.
 */
import type { EndpointSet } from './endpoint-set.ts'
import type { Target } from './target.ts'

/** A live look at one target. A healthy quiet watch emits nothing, so freshness is read here, not from the set. */
export interface Watch extends AsyncDisposable {
  /** Asks for news soon. May be ignored or coalesced; never throws. */
  refresh(): void
  /** Monotonic milliseconds (`Clock.now`) at which the source last proved to be alive; -Infinity before that. */
  readonly seenAt: number
  /**
   * How many complete answers the source has given, equal ones too; two in a row may prove an absence. Raised before the set of
   * that answer is emitted.
   */
  readonly completeAnswers: number
}

/** Hears every set of one watch. Called synchronously, also before `watch` returns. Must not throw. */
export type Observer = (set: EndpointSet) => void

/** Turns a target into a live set. */
export interface Resolver {
  /** Whether this resolver answers for the target. Synchronous and cheap: an agent routes every request by it. */
  claims(target: Target): boolean
  /**
   * Starts watching. Errors are states of the set, never the end of the watch; only disposing ends it, and then nothing is left
   * running. Equal observations are not emitted.
   */
  watch(target: Target, observer: Observer): Watch
}
