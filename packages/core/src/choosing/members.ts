/**
 * The peers that a chooser may choose from, with their draw weights, and the draw itself, which is exact. A change takes a number of steps that grows
 * with the logarithm of the number of peers; a draw among equal weights takes one.
 */
import { RowList } from '../internal/row-list.ts'
import { WeightTree } from '../internal/weight-tree.ts'
import type { Peer } from '../peers/peer.ts'
import type { Random } from '../random.ts'

/** Draw weight of a peer: its own weight, its share, or both. */
export type Weigh = (peer: Peer, share: number) => number

/** Endpoint weight times share: what drawing choosers use. */
export const byWeight: Weigh = (peer, share) => peer.endpoint.weight * share
/** Share alone: for choosers that promise equal turns. */
export const byShare: Weigh = (_peer, share) => share

/** Open peers with draw weights. */
export class Members {
  readonly #list = new RowList()
  readonly #weights = new WeightTree()
  readonly #weigh: Weigh
  /** Whether all weigh the same, as far as sums tell. */
  #alike = true

  constructor(weigh: Weigh) {
    this.#weigh = weigh
  }

  /** How many there are. */
  get size(): number {
    return this.#list.size
  }

  /** The peers in the order in which turns are taken; changes with joins and leaves. */
  get peers(): readonly Peer[] {
    return this.#list.peers
  }

  /** Of all members; NaN for none. */
  get meanWeight(): number {
    return this.#weights.sum / this.#list.size
  }

  /** The largest weight of a member. */
  get heaviest(): number {
    return this.#weights.heaviest
  }

  /** Draw weight of the member at this place of `peers`. */
  weightAt(index: number): number {
    return this.#weights.at(index)
  }

  /** As a `Stage` hears it; a peer that is in already is altered. */
  join(peer: Peer, share: number): void {
    if (this.#list.add(peer)) this.#put(this.#list.size - 1, this.#weigh(peer, share))
    else this.alter(peer, share)
  }

  /** Weighs the peer anew; one that is not in stays out. */
  alter(peer: Peer, share: number): void {
    const index = this.#list.indexOf(peer)
    if (index >= 0) this.#put(index, this.#weigh(peer, share))
  }

  /** The last one moves into its place. */
  leave(peer: Peer): void {
    const last = this.#list.size - 1
    const index = this.#list.remove(peer)
    if (index < 0) return
    // The last one has moved into the gap.
    this.#weights.set(index, this.#weights.at(last))
    this.#put(last, 0)
  }

  /** Index of a member drawn by weight, other than `except` (-1 for any). At least one other than `except` must be there. */
  draw(random: Random, except: number): number {
    const drawn = this.#alike ? -1 : except < 0 ? this.#weights.draw(random) : this.#weights.drawOther(random, except)
    return drawn < 0 ? this.#drawAlike(random, except) : drawn
  }

  /** Also where all others weigh nothing. */
  #drawAlike(random: Random, except: number): number {
    const span = except < 0 ? this.#list.size : this.#list.size - 1
    const index = span === 1 ? 0 : random.below(span)
    return except >= 0 && index >= except ? index + 1 : index
  }

  #put(index: number, weight: number): void {
    this.#weights.set(index, weight)
    // Equal weights whose sum is rounded are drawn by the tree, which gives the same shares in more steps.
    this.#alike = this.#weights.sum === this.#weights.heaviest * this.#list.size
  }
}
