/**
 * What choosers that compare loads have in common: members drawn by weight, a load, and the trials that a load with a memory owes.
 */

import type { Call } from '../calling/call.ts'
import type { Kit } from '../peers/kit.ts'
import type { Moment, PickMoment } from '../peers/moment.ts'
import type { Peer } from '../peers/peer.ts'
import type { Chooser } from './chooser.ts'
import { Feared } from './feared.ts'
import type { Load } from './load.ts'
import { byWeight, Members } from './members.ts'

/** The stage and tracker halves; a subclass adds `choose`. */
export abstract class Comparing implements Chooser {
  protected readonly kit: Kit
  protected readonly load: Load
  protected readonly members: Members = new Members(byWeight)
  readonly #feared: Feared | undefined

  constructor(kit: Kit, load: Load) {
    this.kit = kit
    this.load = load
    this.#feared = load.remembered === undefined ? undefined : new Feared(kit, load, this.members)
  }

  abstract choose(call: Call, moment: Moment): Peer | undefined

  /** Whether the first costs no more than the second. */
  protected prefers(first: Peer, second: Peer, moment: Moment): boolean {
    const { load } = this
    if (load.prefers !== undefined) return load.prefers(first, second, moment)
    return load.cost(first, moment) <= load.cost(second, moment)
  }

  join(peer: Peer, share: number): void {
    this.members.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    this.members.alter(peer, share)
  }

  leave(peer: Peer): void {
    this.members.leave(peer)
  }

  flush(): void {}

  reset(peer: Peer): void {
    this.#feared?.reset(peer)
  }

  picked(peer: Peer, moment: PickMoment): void {
    this.#feared?.picked(peer, moment)
  }

  answered(peer: Peer): void {
    this.#feared?.answered(peer)
  }

  failed(peer: Peer): void {
    this.#feared?.failed(peer)
  }
}
