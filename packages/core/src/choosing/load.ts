/**
 * What is compared. Kept apart from how one is chosen, so that any load goes with any chooser (Finagle, tower).
 */
import type { Moment } from '../peers/moment.ts'
import type { Peer } from '../peers/peer.ts'
import type { Tracker } from '../peers/tracker.ts'

/** Shared by name within an upstream. */
export interface Load extends Tracker {
  /** Includes its parameters; balancers that name the same share one instance. */
  readonly name: string
  /** What the next call on the peer would cost, in the load's own unit; lower is better. A pure read. */
  cost(peer: Peer, moment: Moment): number
  /**
   * Whether the first costs no more than the second: the answer of comparing `cost`, which is what choosers do without it. A load whose costs are
   * fractions has it, because a fraction that is returned to a caller may cost an object (V8 boxes it).
   */
  prefers?(first: Peer, second: Peer, moment: Moment): boolean
  /**
   * The part of the cost that is remembered and that only a new call can correct. A load that has it may fear a peer for good, so
   * choosers owe such a peer trials. A pure read.
   */
  remembered?(peer: Peer, moment: Moment): number
}
