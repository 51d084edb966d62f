/**
 * A named composition of a load and a chooser: what users meet first. The members stand in `policy/`.
 */
import type { Clock } from '../clock.ts'
import type { Peer } from '../peers/peer.ts'
import type { Random } from '../random.ts'
import type { Chooser } from './chooser.ts'
import type { Load } from './load.ts'

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

/** Opened once per balancer. */
export interface Policy {
  /** Includes its parameters: `peakEwma(10000)`. `Call.policy` names it. */
  readonly name: string
  /** Makes the chooser of one balancer. */
  open(kit: Kit): Chooser
}
