/**
 * The peers that a chooser may choose from, with their draw weights, and the draw itself. Every change takes constant time.
 */
import { RowList } from '../internal/row-list.ts'
import type { Peer } from '../peers/peer.ts'
import type { Random } from '../random.ts'

/** Draw weight of a peer: its own weight, its share, or both. */
export type Weigh = (peer: Peer, share: number) => number

/** Endpoint weight times share: what drawing choosers use. */
export const byWeight: Weigh = (peer, share) => peer.endpoint.weight * share
/** Share alone: for choosers that promise equal turns. */
export const byShare: Weigh = (_peer, share) => share

// Rejection ends after this many draws; the last one is then taken as it is. With weights within a factor of 10 the chance of that is 0.9^32 = 3 %
// for the lightest peers only, which then get a little more than their due.
const maxDraws = 32

/** Open peers with draw weights. */
export class Members {
  readonly #list = new RowList()
  readonly #weigh: Weigh
  #weights = new Float64Array(64)
  #sum = 0
  /** No weight is above it. May be too high for a while after the heaviest left; a sweep of the draws lowers it again. */
  #ceiling = 0
  #ceilingIsStale = false
  #sweepAt = 0
  #sweepMax = 0

  constructor(weigh: Weigh) {
    this.#weigh = weigh
  }

  get size(): number {
    return this.#list.size
  }

  /** The peers in the order in which turns are taken; changes with joins and leaves. */
  get peers(): readonly Peer[] {
    return this.#list.peers
  }

  get meanWeight(): number {
    return this.#sum / this.#list.size
  }

  get ceiling(): number {
    return this.#ceiling
  }

  weightAt(index: number): number {
    return this.#weights[index] as number
  }

  join(peer: Peer, share: number): void {
    if (!this.#list.add(peer)) {
      this.alter(peer, share)
      return
    }
    const index = this.#list.size - 1
    if (index >= this.#weights.length) {
      const grown = new Float64Array(this.#weights.length * 2)
      grown.set(this.#weights)
      this.#weights = grown
    }
    this.#weights[index] = 0
    this.#set(index, this.#weigh(peer, share))
  }

  alter(peer: Peer, share: number): void {
    const index = this.#list.indexOf(peer)
    if (index >= 0) this.#set(index, this.#weigh(peer, share))
  }

  leave(peer: Peer): void {
    const last = this.#list.size - 1
    const index = this.#list.remove(peer)
    if (index < 0) return
    const weight = this.#weights[index] as number
    const moved = this.#weights[last] as number
    this.#weights[index] = moved
    // The one that moved may have slipped behind the sweep.
    if (moved > this.#sweepMax) this.#sweepMax = moved
    this.#sum -= weight
    if (last === 0) this.#sum = 0
    if (this.#mayBeHeaviest(weight)) this.#startSweep()
  }

  /** Looks at a few weights while the ceiling may be too high; when all have been seen it is exact again. `draw` does it by itself. */
  settle(): void {
    if (this.#ceilingIsStale) this.#sweep()
  }

  /** Index of a member drawn by weight, other than `except` (-1 for any). At least one other than `except` must be there. */
  draw(random: Random, except: number): number {
    const size = this.#list.size
    this.settle()
    const span = except < 0 ? size : size - 1
    let index = 0
    for (let draws = 0; draws < maxDraws; draws++) {
      index = span === 1 ? 0 : random.below(span)
      if (except >= 0 && index >= except) index++
      const weight = this.#weights[index] as number
      if (weight >= this.#ceiling || random.next() * this.#ceiling < weight) return index
    }
    return index
  }

  #set(index: number, weight: number): void {
    const before = this.#weights[index] as number
    this.#weights[index] = weight
    this.#sum += weight - before
    if (weight >= this.#ceiling) this.#ceiling = weight
    else if (before > 0 && this.#mayBeHeaviest(before)) this.#startSweep()
    if (weight > this.#sweepMax) this.#sweepMax = weight
  }

  /** The heaviest, or the heaviest that a sweep under way has seen: without it the sweep would end too high. */
  #mayBeHeaviest(weight: number): boolean {
    return weight >= this.#ceiling || (this.#ceilingIsStale && weight >= this.#sweepMax)
  }

  #startSweep(): void {
    this.#ceilingIsStale = true
    this.#sweepAt = 0
    this.#sweepMax = 0
  }

  #sweep(): void {
    const size = this.#list.size
    const end = Math.min(this.#sweepAt + 8, size)
    for (let index = this.#sweepAt; index < end; index++) {
      const weight = this.#weights[index] as number
      if (weight > this.#sweepMax) this.#sweepMax = weight
    }
    this.#sweepAt = end
    if (end < size) return
    this.#ceiling = this.#sweepMax
    this.#ceilingIsStale = false
  }
}
