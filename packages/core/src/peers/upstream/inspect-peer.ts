/**
 * What is known of one peer, for people and tools.
 */
import type { Balancer } from '../../calling/balancer.ts'
import type { Load } from '../../choosing/load.ts'
import type { LivePeer } from '../peer.ts'
import type { PeerInspection } from '../upstream.ts'

/** A snapshot; nothing in it changes later. */
export function inspectPeer(
  peer: LivePeer,
  now: number,
  why: readonly string[],
  trial: boolean,
  loads: ReadonlyMap<string, Load>,
  balancers: readonly Balancer[],
): PeerInspection {
  const { endpoint, standing, inFlight, silentSince } = peer
  return {
    locator: endpoint.locator,
    uid: endpoint.uid,
    condition: endpoint.condition,
    standing,
    why,
    inFlight,
    silentMs: silentSince === Number.POSITIVE_INFINITY ? 0 : now - silentSince,
    trial,
    loads: Object.fromEntries([...loads].map(([name, load]) => [name, load.cost(peer, { now })])),
    shares: balancers.map((balancer) => balancer.share(peer)),
  }
}
