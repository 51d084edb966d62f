/**
 * Trials that are owed. A shut or feared peer does not heal by itself under power of two choices: nothing goes there, so nothing is learnt. So a
 * debt is kept beside the standing, and the next repeatable first attempt without a hash key pays it before the chooser is asked.
 */
import type { Call } from '../../calling/call.ts'
import type { TrialResult } from '../../calling/pick-book.ts'
import { Column, IntegerColumn } from '../../internal/column.ts'
import type { LivePeer } from '../peer.ts'

// A shut peer of a service that is only ever posted to must heal too: after this long any first attempt pays.
const patienceMs = 30_000
// How many debts one pick looks at: all of a usual service, and never more than a pick can afford.
const looksPerPick = 8

/** One per upstream. Times are awake milliseconds. */
export class Debts {
  readonly #owed: LivePeer[] = []
  /** 1 while the peer is in the list, by row. */
  readonly #listed = new IntegerColumn()
  readonly #since = new Column()
  /** 1 while a trial is under way, by row. */
  readonly #underWay = new IntegerColumn()

  get size(): number {
    return this.#owed.length
  }

  reset(peer: LivePeer): void {
    this.#listed.put(peer.row, 0)
    this.#since.put(peer.row, 0)
    this.#underWay.put(peer.row, 0)
  }

  /** Notes a debt. Nothing changes while one is noted or a trial is under way. */
  owe(peer: LivePeer, now: number): void {
    if (peer.gone || this.#listed.at(peer.row) === 1 || this.#underWay.at(peer.row) === 1) return
    this.#listed.put(peer.row, 1)
    this.#since.put(peer.row, now)
    this.#owed.push(peer)
  }

  /** A peer among `members` whose debt this call may pay; the debt is paid with that. */
  pay(call: Call, now: number, members: { has(peer: LivePeer): boolean }): LivePeer | undefined {
    if (call.tried.length > 0 || call.hashKey !== undefined) return undefined
    const looks = Math.min(looksPerPick, this.#owed.length)
    for (let look = 0; look < looks; look++) {
      // The one looked at goes to the end, so that a peer that cannot be tried now does not hide the others.
      const peer = this.#owed.shift() as LivePeer
      if (this.#payable(peer, call, now) && members.has(peer)) {
        this.#listed.put(peer.row, 0)
        this.#underWay.put(peer.row, 1)
        return peer
      }
      this.#owed.push(peer)
    }
    return undefined
  }

  /** The trial has a result, or none: another may be owed. A trial without a result leaves its debt open. */
  ended(peer: LivePeer, result: TrialResult, now: number): void {
    this.#underWay.put(peer.row, 0)
    if (result === 'none') this.owe(peer, now)
  }

  /** Forgets the debt of a peer that is gone. */
  forget(peer: LivePeer): void {
    const index = this.#listed.at(peer.row) === 1 ? this.#owed.indexOf(peer) : -1
    if (index >= 0) this.#owed.splice(index, 1)
    this.#listed.put(peer.row, 0)
  }

  /** Whether the peer is due a trial or has one under way. */
  has(peer: LivePeer): boolean {
    return this.#listed.at(peer.row) === 1 || this.#underWay.at(peer.row) === 1
  }

  #payable(peer: LivePeer, call: Call, now: number): boolean {
    if (peer.full) return false
    return call.repeatable || (peer.standing === 'shut' && now - this.#since.at(peer.row) >= patienceMs)
  }
}
