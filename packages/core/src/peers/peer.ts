/**
 * The living record of one locator and incarnation, shared by every balancer of an upstream. Loads, guards and choosers keep their own
 * columns by its row.
 */
import type { Endpoint } from '../discovery/endpoint.ts'
import type { Standing } from './standing.ts'

/**
 * What the rest of the pipeline may read. A peer learns its UID once; a different UID on the locator is a new peer, an unknown UID is not.
 * One that comes back with the same UID before its last pick has settled is revived, row and all.
 */
export interface Peer {
  /** Small integer, reused after the last pick on it has settled. */
  readonly row: number
  /** What discovery says of it now. */
  readonly endpoint: Endpoint
  /** Picks not yet settled. Counted here and nowhere else. */
  readonly inFlight: number
  /** Awake milliseconds: the later of the oldest unanswered pick and the last final head. Infinity when no answer is owed. */
  readonly silentSince: number
  /** Awake milliseconds; -Infinity when it was ready in the first set, +Infinity when it never was. */
  readonly firstReadyAt: number
  /** The joined vote of the guards. */
  readonly standing: Standing
  /** At its limit of picks. Read while choosing, never overruled. */
  readonly full: boolean
}

/** The limit that all peers of an upstream share. */
export interface PeerLimit {
  /** Picks in flight on one peer; Infinity for none. */
  perPeer: number
}

/** The one implementation. Its fields are written by the pick book, the standings and the membership only. */
export class LivePeer implements Peer {
  readonly row: number
  endpoint: Endpoint
  inFlight = 0
  silentSince: number = Number.POSITIVE_INFINITY
  /** Awake milliseconds of the last final head; -Infinity before the first. */
  lastHeadAt: number = Number.NEGATIVE_INFINITY
  firstReadyAt: number = Number.POSITIVE_INFINITY
  standing: Standing = 'open'
  /** No longer in the set; the row is given back when the last pick has settled. */
  gone = false
  /** Slots of the oldest and the newest unanswered pick, -1 for none. */
  oldestSlot = -1
  newestSlot = -1
  readonly #limit: PeerLimit

  constructor(row: number, endpoint: Endpoint, limit: PeerLimit) {
    this.row = row
    this.endpoint = endpoint
    this.#limit = limit
  }

  get full(): boolean {
    return this.inFlight >= this.#limit.perPeer
  }
}

/** Whether it takes no new calls while others are there, by what discovery or a guard says. */
export function isLeaving(peer: Peer): boolean {
  return peer.endpoint.condition === 'serving-terminating' || peer.standing === 'leaving'
}
