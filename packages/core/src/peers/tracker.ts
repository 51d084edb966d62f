/**
 * What loads, guards and choosers hear about picks.
 */
import type { Outcome, Verdict } from '../calling/outcome.ts'
import type { PickMoment } from './moment.ts'
import type { Peer } from './peer.ts'

/**
 * Called synchronously on the request path: none may throw, wait or allocate.
 * A failing attempt is heard exactly once as a failure: as `answered` with a bad verdict, or as `failed`.
 */
export interface Tracker {
  /** A new row, or a good trial of a peer that was shut: forget what was measured. Called before anything else about the row. */
  reset?(peer: Peer): void
  /** Discovery wrote the endpoint anew: condition, weight or another field changed, or a peer that had left is back as itself. */
  altered?(peer: Peer): void
  /** The peer is gone: let go of it. Nothing is heard of its last picks, unless it comes back as itself before they have settled. */
  left?(peer: Peer): void
  /** The peer has been picked: one more in flight. */
  picked?(peer: Peer, moment: PickMoment): void
  /** The final head of the answer (or 101). `moment.latencyMs` runs from the start of the attempt. */
  answered?(peer: Peer, verdict: Verdict, moment: PickMoment): void
  /** An attempt ended badly without an answer that says so: refused, lost, silent for too long, or cut in the body. */
  failed?(peer: Peer, outcome: Outcome, moment: PickMoment): void
  /** The pick is over. `moment.ageMs` runs from the pick; a cancelled one teaches its age. */
  settled?(peer: Peer, outcome: Outcome, moment: PickMoment): void
}
