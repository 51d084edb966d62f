/**
 * Load by calls in flight: what least request compares (gRFC A48, Finagle's least loaded).
 */
import type { Peer } from '../../peers/peer.ts'
import type { Load } from '../load.ts'

/** In flight plus the one to come, divided by the endpoint's weight. */
export function pending(): Load {
  return {
    name: 'pending',
    cost: (peer: Peer) => (peer.inFlight + 1) / peer.endpoint.weight,
    prefers: (first: Peer, second: Peer) =>
      (first.inFlight + 1) / first.endpoint.weight <= (second.inFlight + 1) / second.endpoint.weight,
  }
}
