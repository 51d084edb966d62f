/**
 * What a resolver publishes: an immutable, versioned snapshot, and how it differs from a named earlier one, so that the work of
 * everybody downstream follows the size of the change and not of the set.
 */
import type { Endpoint } from './endpoint.ts'

/**
 * - `pending`: nothing is known yet.
 * - `ok`: completely observed. No endpoints then means that nobody is home.
 * - `absent`: completely observed, there is no such Service.
 * - `stale`: the last good list, kept while discovery fails; `error` says why.
 * - `failed`: discovery fails and there never was a list; `error` says why.
 */
export type Status = 'pending' | 'ok' | 'absent' | 'stale' | 'failed'

/**
 * Immutable by contract. The array is not frozen: freezing 10,000 entries costs 80 times the copy. It may be made when it is first asked for: whoever
 * follows the changes never needs it.
 */
export interface EndpointSet {
  /** Rises with every set of one watch. */
  readonly version: number
  /** How far the list can be trusted. */
  readonly status: Status
  /** An `EvenkeelError` when `stale` or `failed`. When `absent`, one that says what may be missing, or undefined. Else undefined. */
  readonly error: unknown
  /** The whole list, at most one per locator; its order means nothing. */
  readonly endpoints: readonly Endpoint[]
  /** The version that `changed` and `removed` are relative to; undefined: compare in full. */
  readonly base: number | undefined
  /** Added or altered since `base`. */
  readonly changed: readonly Endpoint[]
  /** Gone since `base`. */
  readonly removed: readonly Endpoint[]
}
