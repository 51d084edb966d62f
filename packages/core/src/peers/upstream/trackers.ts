/**
 * Everybody who hears of the picks of an upstream: its guards, its loads by name, and the choosers of its balancers.
 */
import type { Outcome } from '../../calling/outcome.ts'
import type { PickBook } from '../../calling/pick-book.ts'
import type { Chooser } from '../../choosing/chooser.ts'
import type { Load } from '../../choosing/load.ts'
import type { Guard } from '../guard.ts'
import type { Kit } from '../kit.ts'
import type { PickMoment } from '../moment.ts'
import type { LivePeer, Peer } from '../peer.ts'
import type { Votes } from '../standing.ts'
import type { Tracker } from '../tracker.ts'
import type { UpstreamParts } from '../upstream.ts'
import type { Membership } from './membership.ts'

/** One per upstream. */
export class Trackers implements Disposable {
  readonly kit: Kit
  readonly loads: Map<string, Load> = new Map<string, Load>()
  readonly #book: PickBook
  readonly #membership: Membership
  readonly #guards: readonly Guard[]
  readonly #choosers = new Set<Chooser>()

  constructor(book: PickBook, parts: UpstreamParts, votes: Votes, owe: (peer: Peer) => void, membership: Membership) {
    this.#book = book
    this.#membership = membership
    this.kit = {
      clock: parts.clock,
      random: parts.random,
      load: (name, make) => this.#load(name, make),
      shared: (uid, name, make) => parts.facts.fact(uid, name, make),
      owe,
    }
    this.#guards = parts.guards.map((make) => make(this.kit, votes))
    for (const guard of this.#guards) book.add(guard, 'last')
  }

  joined(peer: LivePeer): void {
    this.#each((tracker) => tracker.reset?.(peer))
  }

  altered(peer: LivePeer): void {
    this.#each((tracker) => tracker.altered?.(peer))
  }

  left(peer: LivePeer): void {
    this.#each((tracker) => tracker.left?.(peer))
  }

  /** A good trial: guards and loads begin afresh. */
  forget(peer: LivePeer): void {
    this.#each((tracker) => tracker.reset?.(peer))
  }

  /** News about a peer that ends no pick: only guards judge by it. */
  reported(peer: LivePeer, outcome: Outcome): void {
    if (peer.gone) return
    for (const guard of this.#guards) guard.settled?.(peer, outcome, noMoment)
  }

  addChoosers(choosers: readonly Chooser[]): void {
    for (const chooser of choosers) this.#add(chooser)
    for (const chooser of choosers) this.#choosers.add(chooser)
  }

  removeChoosers(choosers: readonly Chooser[]): void {
    for (const chooser of choosers) {
      this.#choosers.delete(chooser)
      this.#book.remove(chooser)
    }
  }

  [Symbol.dispose](): void {
    for (const guard of this.#guards) guard[Symbol.dispose]()
  }

  #load(name: string, make: () => Load): Load {
    const known = this.loads.get(name)
    if (known !== undefined) return known
    const load = make()
    this.loads.set(name, load)
    this.#add(load)
    return load
  }

  /** One that comes late hears of the peers that are there, and of those that may be again without another word. */
  #add(tracker: Tracker): void {
    for (const peer of this.#membership.peers) tracker.reset?.(peer)
    for (const peer of this.#membership.away) tracker.reset?.(peer)
    this.#book.add(tracker, 'first')
  }

  // Loads first: what guards do about an event may make choosers read them.
  #each(tell: (tracker: Tracker) => void): void {
    for (const load of this.loads.values()) tell(load)
    for (const guard of this.#guards) tell(guard)
    for (const chooser of this.#choosers) tell(chooser)
  }
}

// A report is no event of a pick.
const noMoment: PickMoment = { now: 0, latencyMs: 0, ageMs: 0 }
