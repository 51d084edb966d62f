/**
 * The last stage of a balancer: hands open peers to the choosers, and keeps the shut and the leaving ones for the time when nothing is open.
 */

import { eligible } from '../choosing/chooser/eligible.ts'
import type { Chooser } from '../choosing/chooser.ts'
import { Column } from '../internal/column.ts'
import { RowList } from '../internal/row-list.ts'
import type { Stage } from '../narrowing/stage.ts'
import type { Peer } from '../peers/peer.ts'
import type { Random } from '../random.ts'
import type { Call } from './call.ts'

/** One per balancer. */
export class Gate implements Stage {
  readonly #choosers: readonly Chooser[]
  readonly #random: Random
  readonly #changed: () => void
  readonly #open = new RowList()
  readonly #shut = new RowList()
  readonly #leaving = new RowList()
  /** The share of each member, by row: kept for inspection and for the way back from shut to open. */
  readonly #shares = new Column()

  constructor(choosers: readonly Chooser[], random: Random, changed: () => void) {
    this.#choosers = choosers
    this.#random = random
    this.#changed = changed
  }

  /** Members of any standing. */
  get size(): number {
    return this.#open.size + this.#shut.size + this.#leaving.size
  }

  has(peer: Peer): boolean {
    return this.#open.has(peer) || this.#shut.has(peer) || this.#leaving.has(peer)
  }

  share(peer: Peer): number {
    return this.has(peer) ? this.#shares.at(peer.row) : 0
  }

  join(peer: Peer, share: number): void {
    this.#shares.put(peer.row, share)
    this.#list(peer).add(peer)
    if (peer.standing === 'open') for (const chooser of this.#choosers) chooser.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    this.#shares.put(peer.row, share)
    const list = this.#list(peer)
    if (list.has(peer)) {
      if (list === this.#open) for (const chooser of this.#choosers) chooser.alter(peer, share)
      return
    }
    this.#remove(peer)
    this.join(peer, share)
  }

  leave(peer: Peer): void {
    this.#remove(peer)
  }

  flush(): void {
    for (const chooser of this.#choosers) chooser.flush()
    this.#changed()
  }

  /**
   * What a chooser's bounded effort did not find: an open peer that is not full, untried ones first; with nothing open a shut one, then a leaving one.
   */
  scan(call: Call): Peer | undefined {
    if (this.#open.size > 0) return this.#first(this.#open, call)
    return this.#first(this.#shut, call) ?? this.#first(this.#leaving, call)
  }

  #first(list: RowList, call: Call): Peer | undefined {
    const { peers, size } = list
    if (size === 0) return undefined
    const start = this.#random.below(size)
    let tried: Peer | undefined
    for (let step = 0; step < size; step++) {
      const peer = peers[(start + step) % size] as Peer
      if (eligible(peer, call)) return peer
      if (!peer.full) tried ??= peer
    }
    return tried
  }

  #remove(peer: Peer): void {
    if (this.#open.remove(peer) >= 0) for (const chooser of this.#choosers) chooser.leave(peer)
    else if (this.#shut.remove(peer) < 0) this.#leaving.remove(peer)
  }

  #list(peer: Peer): RowList {
    if (peer.standing === 'open') return this.#open
    return peer.standing === 'shut' ? this.#shut : this.#leaving
  }
}
