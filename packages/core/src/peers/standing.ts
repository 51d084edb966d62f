/**
 * The joined vote on a peer.
 */
import type { Guard } from './guard.ts'
import type { Peer } from './peer.ts'

/**
 * - `open`: in use.
 * - `shut`: a guard's opinion, capped by law 8.
 * - `leaving`: a fact; used when nothing open is left.
 */
export type Standing = 'open' | 'shut' | 'leaving'

/** Where guards vote. The upstream joins the votes of all guards and applies law 8 once, oldest opinion first, before zone and subset. */
export interface Votes {
  /** The guard's present view of the peer. An opinion says `open` or `shut`, a fact `open` or `leaving`; anything it said before is replaced. */
  say(guard: Guard, peer: Peer, standing: Standing): void
  /** The peer is due a trial: a repeatable first attempt goes there before the chooser is asked. */
  owe(peer: Peer): void
}
