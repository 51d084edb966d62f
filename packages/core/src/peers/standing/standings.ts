/**
 * Joins the votes of all guards and applies law 8 once per upstream: opinions shut at most half of the tier and never its last open peer;
 * with two or more peers one may always be shut; the oldest opinions count. Facts are not capped.
 *
 * The opinions stand in a list in the order in which they came, and a border separates those that count from those that do not. A vote, a
 * join or a leave moves the border by a step, so the work follows the change.
 */
import { IntegerColumn } from '../../internal/column.ts'
import type { Stage } from '../../narrowing/stage.ts'
import type { Guard } from '../guard.ts'
import type { LivePeer, Peer } from '../peer.ts'
import type { Standing, Votes } from '../standing.ts'
import { OpinionOrder } from './opinion-order.ts'

/** What the upstream does about a vote. */
export interface StandingsOwner {
  owe(peer: Peer): void
  standingChanged(peer: LivePeer): void
}

// Votes are bits of a small integer.
const maxGuards = 31

/** The stage behind the termination tier. */
export class Standings implements Stage, Votes {
  readonly #next: Stage
  readonly #owner: StandingsOwner
  readonly #guards: Guard[] = []
  /** Bits of the guards that speak against the peer, by row. */
  readonly #opinions = new IntegerColumn()
  readonly #facts = new IntegerColumn()
  /** 1 while the peer is in the tier. */
  readonly #inTier = new IntegerColumn()
  readonly #order = new OpinionOrder()
  #size = 0
  #leaving = 0

  constructor(next: Stage, owner: StandingsOwner) {
    this.#next = next
    this.#owner = owner
  }

  /** The most that opinions may shut in a tier of `size` peers of which `leaving` are leaving. */
  static cap(size: number, leaving: number): number {
    if (size < 2) return 0
    return Math.max(0, Math.min(Math.max(1, Math.floor(size / 2)), size - leaving - 1))
  }

  /** A new row, or a peer that is back: nobody has said anything. */
  reset(peer: LivePeer): void {
    this.#opinions.put(peer.row, 0)
    this.#facts.put(peer.row, 0)
    this.#inTier.put(peer.row, 0)
    this.#update(peer)
  }

  join(peer: LivePeer, share: number): void {
    this.#size++
    this.#inTier.put(peer.row, 1)
    if (this.#facts.at(peer.row) !== 0) this.#leaving++
    this.#enlist(peer)
    this.#update(peer)
    this.#next.join(peer, share)
    this.#moveBorder()
  }

  alter(peer: LivePeer, share: number): void {
    this.#next.alter(peer, share)
  }

  leave(peer: LivePeer): void {
    this.#size--
    this.#inTier.put(peer.row, 0)
    if (this.#facts.at(peer.row) !== 0) this.#leaving--
    this.#order.remove(peer)
    this.#update(peer)
    this.#next.leave(peer)
    this.#moveBorder()
  }

  flush(): void {
    this.#next.flush()
  }

  say(guard: Guard, peer: LivePeer, standing: Standing): void {
    if (peer.gone) return
    const bit = this.#bit(guard)
    const column = guard.speaks === 'fact' ? this.#facts : this.#opinions
    const before = column.at(peer.row)
    const after = standing === 'open' ? before & ~bit : before | bit
    if (after === before) return
    column.put(peer.row, after)
    if (this.#inTier.at(peer.row) === 0) {
      this.#update(peer)
      return
    }
    if (guard.speaks === 'fact') this.#leaving += Number(after !== 0) - Number(before !== 0)
    this.#enlist(peer)
    this.#change(peer)
    this.#moveBorder()
    this.#next.flush()
  }

  owe(peer: Peer): void {
    this.#owner.owe(peer)
  }

  /** Names of the guards that speak against the peer. */
  why(peer: Peer): readonly string[] {
    const bits = this.#opinions.at(peer.row) | this.#facts.at(peer.row)
    return this.#guards.filter((_, index) => (bits & (1 << index)) !== 0).map((guard) => guard.name)
  }

  /** Puts the peer into the order of opinions, or takes it out: a leaving peer needs no opinion. */
  #enlist(peer: LivePeer): void {
    const counts = this.#opinions.at(peer.row) !== 0 && this.#facts.at(peer.row) === 0
    if (!counts) this.#order.remove(peer)
    else this.#order.add(peer)
  }

  #moveBorder(): void {
    const cap = Standings.cap(this.#size, this.#leaving)
    for (;;) {
      const moved = this.#order.step(cap)
      if (moved === undefined) return
      this.#change(moved)
    }
  }

  #change(peer: LivePeer): void {
    if (!this.#update(peer)) return
    this.#next.alter(peer, 1)
  }

  /** Recomputes the standing; true if it changed. */
  #update(peer: LivePeer): boolean {
    const standing: Standing = this.#facts.at(peer.row) !== 0 ? 'leaving' : this.#order.counts(peer) ? 'shut' : 'open'
    if (standing === peer.standing) return false
    peer.standing = standing
    this.#owner.standingChanged(peer)
    return true
  }

  #bit(guard: Guard): number {
    let index = this.#guards.indexOf(guard)
    if (index < 0) {
      if (this.#guards.length >= maxGuards) throw new RangeError(`at most ${maxGuards} guards may vote on one upstream`)
      index = this.#guards.push(guard) - 1
    }
    return 1 << index
  }
}
