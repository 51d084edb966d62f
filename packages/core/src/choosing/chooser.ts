/**
 * How one is chosen. The members stand in `chooser/`.
 */
import type { Call } from '../calling/call.ts'
import type { Stage } from '../narrowing/stage.ts'
import type { Moment } from '../peers/moment.ts'
import type { Peer } from '../peers/peer.ts'
import type { Tracker } from '../peers/tracker.ts'

/** Changed in place by its stage half, asked by its choosing half. Sees open peers only. */
export interface Chooser extends Stage, Tracker {
  /**
   * A candidate that is neither full nor in `call.tried`; undefined when none was found within a bounded effort (the balancer then scans).
   * Allocates nothing.
   */
  choose(call: Call, moment: Moment): Peer | undefined
}
