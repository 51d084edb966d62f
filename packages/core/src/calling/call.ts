/**
 * What a pick may know about the call that it is for.
 */
import type { Peer } from '../peers/peer.ts'

/** One call of a user, over all its attempts. */
export interface Call {
  /** What sticky choosers will hash (none is here yet); undefined for calls that may go anywhere. A call with one pays no trial that is owed. */
  readonly hashKey: string | undefined
  /** Monotonic milliseconds (`Clock.now`); Infinity for none. */
  readonly deadline: number
  /** Idempotent method, or an Idempotency-Key: doing it twice is as good as once. */
  readonly repeatable: boolean
  /** Higher is more important. Carried for policies of your own: none of ours reads it. */
  readonly priority: number
  /** Name of one of the balancer's policies; undefined: the first. */
  readonly policy: string | undefined
  /** Peers that earlier attempts went to. A shared empty array until the second attempt. */
  readonly tried: readonly Peer[]
}

/** `tried` of a first attempt: one array for all, so that a call costs none. */
export const untried: readonly Peer[] = Object.freeze([])
