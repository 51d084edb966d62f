/**
 * A step of the pipeline: membership → termination tier → standings → fan → narrowings → gate → choosers. Each step calls the next.
 */
import type { Peer } from '../peers/peer.ts'

/** Cost follows the change, not the set (law 13). Whoever subscribes late gets a replay of joins and one flush. */
export interface Stage {
  /** The peer may be chosen from now on. `share` multiplies its draw weight and is above 0. */
  join(peer: Peer, share: number): void
  /** Endpoint data, share or standing changed. Whoever needs the old values keeps them in columns of its own. */
  alter(peer: Peer, share: number): void
  /** The peer may not be chosen any more. */
  leave(peer: Peer): void
  /** The end of one batch: rebuild what cannot be kept in place. */
  flush(): void
}
