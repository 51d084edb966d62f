/**
 * What must be true after each step of a history, kept in the simplest possible way: a map of what discovery said, and per peer the number of its
 * open picks. Everything is compared in full, since the sets are small.
 */
import { type Endpoint, type Peer, type PeerListener, sameEndpoint } from '@evenkeel/core'
import { holds } from '../law.ts'

/** One peer as the model sees it. */
export interface Incarnation {
  readonly peer: Peer
  uid: string | undefined
  /** Picks not yet settled. */
  inFlight: number
  /** Picks without a head. */
  unanswered: number
}

/** Hears of peers as a transport does, and compares them with what discovery said. */
export class HistoryModel implements PeerListener {
  /** What discovery said last, by locator. */
  expected: Map<string, Endpoint> = new Map<string, Endpoint>()
  /** Peers of the termination tier. */
  tier: readonly Incarnation[] = []
  /** Those of the tier that the balancer's narrowing lets through. */
  reach: readonly Incarnation[] = []
  reaches: (peer: Peer) => boolean = () => true
  /** Events heard so far. */
  heard = 0
  readonly #live = new Map<string, Incarnation>()
  /** Gone with picks still open, by locator: the last incarnation only, which is the one that may come back. */
  readonly #lingering = new Map<string, Incarnation>()
  readonly #joined = new Map<string, Peer>()
  readonly #goneWithPicks = new Set<Peer>()
  #mostPeers = 0

  joined(peer: Peer): void {
    this.heard++
    const { locator } = peer.endpoint
    holds(1, !this.#joined.has(locator), () => `a second peer joins at ${locator}`)
    this.#joined.set(locator, peer)
    this.#goneWithPicks.delete(peer)
    this.#mostPeers = Math.max(this.#mostPeers, this.#joined.size + this.#goneWithPicks.size)
    holds(
      12,
      peer.row < this.#mostPeers,
      () => `row ${peer.row} is given out though only ${this.#mostPeers} peers ever existed at once`,
    )
  }

  leaving(): void {
    this.heard++
  }

  left(peer: Peer): void {
    this.heard++
    const { locator } = peer.endpoint
    holds(1, this.#joined.get(locator) === peer, () => `a peer leaves at ${locator} that had not joined`)
    this.#joined.delete(locator)
    if (peer.inFlight > 0) this.#goneWithPicks.add(peer)
  }

  status(): void {
    this.heard++
  }

  /** The peer's own record, if it is in the set. */
  find(peer: Peer): Incarnation | undefined {
    const found = this.#live.get(peer.endpoint.locator)
    return found?.peer === peer ? found : undefined
  }

  /** Every peer of the set. */
  get all(): Iterable<Incarnation> {
    return this.#live.values()
  }

  /** Discovery has spoken: compares everybody. `law` is the one that a wrong membership breaks. */
  compare(law: number): void {
    for (const [locator, one] of this.#live) {
      const endpoint = this.expected.get(locator)
      if (endpoint === undefined || isOther(one.uid, endpoint.uid)) this.#remove(locator, one)
    }
    for (const [locator, endpoint] of this.expected) this.#compareOne(law, locator, endpoint)
    holds(
      law,
      this.#joined.size === this.expected.size,
      () => `${this.#joined.size} peers exist (expected: ${this.expected.size})`,
    )
    this.tier = this.#tier()
    this.reach = this.tier.filter(({ peer }) => this.reaches(peer))
  }

  picked(one: Incarnation): void {
    one.inFlight++
    one.unanswered++
    this.check(one)
  }

  answered(one: Incarnation): void {
    one.unanswered--
    this.check(one)
  }

  /** The pick is about to end; `headless` is 1 when no head had come. */
  settling(one: Incarnation, headless: 0 | 1): void {
    one.inFlight--
    one.unanswered -= headless
    const { locator } = one.peer.endpoint
    if (one.inFlight > 0 || this.#live.get(locator) === one) return
    if (this.#lingering.get(locator) === one) this.#lingering.delete(locator)
    this.#goneWithPicks.delete(one.peer)
  }

  /** Law 2 for one peer. */
  check(one: Incarnation): void {
    const { peer } = one
    holds(2, peer.inFlight === one.inFlight, () => `${name(peer)} has ${peer.inFlight} in flight, not ${one.inFlight}`)
    holds(
      2,
      (peer.silentSince === Number.POSITIVE_INFINITY) === (one.unanswered === 0),
      () => `${name(peer)} is silent since ${peer.silentSince} with ${one.unanswered} answers outstanding`,
    )
  }

  #compareOne(law: number, locator: string, endpoint: Endpoint): void {
    const peer = this.#joined.get(locator)
    if (peer === undefined) {
      holds(law, false, () => `there is no peer at ${locator}`)
      return
    }
    let one = this.#live.get(locator)
    if (one === undefined) one = this.#add(peer, endpoint)
    holds(4, one.peer === peer, () => `the peer at ${locator} is replaced though it stays`)
    if (endpoint.uid !== undefined) one.uid = endpoint.uid
    // A list that does not know the UID does not make the peer forget it.
    const same = sameEndpoint(
      peer.endpoint,
      endpoint.uid === undefined && one.uid !== undefined ? { ...endpoint, uid: one.uid } : endpoint,
    )
    holds(law, same, () => `the peer at ${locator} does not have what discovery said last`)
    this.check(one)
  }

  #add(peer: Peer, endpoint: Endpoint): Incarnation {
    const { locator, uid } = endpoint
    const lingering = this.#lingering.get(locator)
    let one: Incarnation
    if (lingering !== undefined && uid !== undefined && lingering.uid === uid) {
      holds(
        4,
        lingering.peer === peer,
        () => `${locator} came back as itself before its picks ended and is not revived`,
      )
      this.#lingering.delete(locator)
      one = lingering
    } else {
      holds(
        4,
        peer.inFlight === 0 && peer.silentSince === Number.POSITIVE_INFINITY && peer.standing === 'open',
        () => `a new identity at ${locator} starts ${peer.standing} with ${peer.inFlight} in flight`,
      )
      one = { peer, uid, inFlight: 0, unanswered: 0 }
    }
    this.#live.set(locator, one)
    return one
  }

  #remove(locator: string, one: Incarnation): void {
    this.#live.delete(locator)
    if (one.inFlight > 0) this.#lingering.set(locator, one)
  }

  #tier(): readonly Incarnation[] {
    const all = [...this.#live.values()]
    const ready = all.filter(({ peer }) => peer.endpoint.condition === 'ready')
    return ready.length > 0 ? ready : all.filter(({ peer }) => peer.endpoint.condition === 'serving-terminating')
  }
}

/** How a peer is called in messages. */
export function name(peer: Peer): string {
  const { locator, uid } = peer.endpoint
  return uid === undefined ? locator : `${locator} (${uid})`
}

/** Both are known and differ: another incarnation lives there. */
function isOther(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after
}
