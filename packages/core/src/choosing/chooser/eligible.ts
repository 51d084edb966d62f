/**
 * Whether a peer may be chosen for a call: it has room, and no earlier attempt went there (law 6).
 */
import type { Call } from '../../calling/call.ts'
import type { Peer } from '../../peers/peer.ts'

/** Neither full nor tried. */
export function eligible(peer: Peer, call: Call): boolean {
  return !peer.full && (call.tried.length === 0 || !call.tried.includes(peer))
}
