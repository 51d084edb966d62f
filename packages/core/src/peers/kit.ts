/**
 * What policies and guards may use of the upstream that opens them.
 */
import type { Load } from '../choosing/load.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Peer } from './peer.ts'

/** What an upstream lends to its policies and guards. */
export interface Kit {
  /** The upstream's; real time is read nowhere else. */
  readonly clock: Clock
  /** The upstream's; chance comes from nowhere else. */
  readonly random: Random
  /** One instance per name and upstream, so that several balancers share what was measured. The name includes its parameters. */
  load(name: string, make: () => Load): Load
  /** A fact about a pod, shared across the targets of one `upstreams(...)`; kept while any of them has a peer with this UID. */
  shared<T>(uid: string, name: string, make: () => T): T
  /** The peer is due a trial. */
  owe(peer: Peer): void
}
