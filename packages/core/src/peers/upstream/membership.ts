/**
 * Turns endpoint sets into peers: who joined, who was written anew, who left for good. Keeps peers by locator, and their rows.
 */
import { type Endpoint, sameEndpoint } from '../../discovery/endpoint.ts'
import type { EndpointSet } from '../../discovery/endpoint-set.ts'
import { FlappingMap } from '../../internal/flapping-map.ts'
import { LivePeer, type PeerLimit } from '../peer.ts'

/** What the upstream does about a change of membership. `peer` keeps its row in all of them. */
export interface MembershipOwner {
  /** A new row: columns must be reset before anything else. */
  joined(peer: LivePeer): void
  /** The UID of a peer that joined without one is known now. `altered` follows. */
  learned(uid: string): void
  /** Discovery wrote the endpoint anew. */
  altered(peer: LivePeer): void
  left(peer: LivePeer): void
  /** Came back, as itself, before its last pick had settled: its columns still hold. */
  revived(peer: LivePeer): void
  awakeNow(): number
}

/** One per upstream. */
export class Membership {
  readonly #owner: MembershipOwner
  readonly #limit: PeerLimit
  readonly #peers = new FlappingMap<string, LivePeer>()
  /** Gone with picks still open, by locator: the last incarnation only. */
  readonly #lingering = new FlappingMap<string, LivePeer>()
  readonly #freeRows: number[] = []
  #rows = 0
  #version: number | undefined
  #first = true

  constructor(owner: MembershipOwner, limit: PeerLimit) {
    this.#owner = owner
    this.#limit = limit
  }

  /** All peers of the set, whatever their condition. */
  get peers(): Iterable<LivePeer> {
    return this.#peers.values()
  }

  /** Those that are away and come back as themselves if they come before their last picks have settled. */
  get away(): Iterable<LivePeer> {
    return this.#lingering.values()
  }

  get size(): number {
    return this.#peers.size
  }

  has(peer: LivePeer): boolean {
    return this.#peers.get(peer.endpoint.locator) === peer
  }

  /** Follows the set: by its change when that is relative to what was applied last, else by a full comparison. */
  apply(set: EndpointSet): void {
    if (set.base !== undefined && set.base === this.#version) {
      for (const endpoint of set.removed) this.#remove(endpoint.locator)
      for (const endpoint of set.changed) this.#put(endpoint)
    } else this.#compare(set.endpoints)
    this.#version = set.version
    // Peers of the first list that says anything are not newcomers: this process is.
    if (this.#first && set.endpoints.length > 0) this.#first = false
  }

  /** The last pick on a peer that is gone has settled: its row is free. */
  settled(peer: LivePeer): void {
    if (!peer.gone || peer.inFlight > 0) return
    if (this.#lingering.get(peer.endpoint.locator) === peer) this.#lingering.delete(peer.endpoint.locator)
    this.#freeRows.push(peer.row)
  }

  /** Everybody leaves. */
  clear(): void {
    for (const locator of [...this.#peers.keys()]) this.#remove(locator)
  }

  #compare(endpoints: readonly Endpoint[]): void {
    const kept = new Set<string>()
    for (const endpoint of endpoints) kept.add(endpoint.locator)
    for (const locator of [...this.#peers.keys()]) if (!kept.has(locator)) this.#remove(locator)
    for (const endpoint of endpoints) this.#put(endpoint)
  }

  #put(endpoint: Endpoint): void {
    const peer = this.#peers.get(endpoint.locator)
    if (peer === undefined) this.#add(endpoint)
    else if (isOther(peer.endpoint, endpoint)) {
      this.#remove(endpoint.locator)
      this.#add(endpoint)
    } else this.#alter(peer, endpoint)
  }

  #alter(peer: LivePeer, endpoint: Endpoint): void {
    const { uid } = peer.endpoint
    // A list that does not know the UID does not make the peer forget it.
    const known = endpoint.uid === undefined && uid !== undefined ? withUid(endpoint, uid) : endpoint
    // Law 4: a list that says the same with other objects causes no work.
    if (sameEndpoint(peer.endpoint, known)) return
    peer.endpoint = known
    this.#noteReady(peer)
    if (uid === undefined && known.uid !== undefined) this.#owner.learned(known.uid)
    this.#owner.altered(peer)
  }

  #add(endpoint: Endpoint): void {
    const lingering = this.#lingering.get(endpoint.locator)
    if (lingering !== undefined && lingering.endpoint.uid !== undefined && lingering.endpoint.uid === endpoint.uid) {
      this.#lingering.delete(endpoint.locator)
      lingering.gone = false
      lingering.endpoint = endpoint
      this.#peers.set(endpoint.locator, lingering)
      this.#noteReady(lingering)
      this.#owner.revived(lingering)
      return
    }
    const peer = new LivePeer(this.#freeRows.pop() ?? this.#rows++, endpoint, this.#limit)
    this.#peers.set(endpoint.locator, peer)
    this.#noteReady(peer)
    this.#owner.joined(peer)
  }

  #remove(locator: string): void {
    const peer = this.#peers.get(locator)
    if (peer === undefined) return
    this.#peers.delete(locator)
    peer.gone = true
    this.#owner.left(peer)
    if (peer.inFlight > 0) this.#lingering.set(locator, peer)
    else this.#freeRows.push(peer.row)
  }

  #noteReady(peer: LivePeer): void {
    if (peer.endpoint.condition !== 'ready' || peer.firstReadyAt !== Number.POSITIVE_INFINITY) return
    peer.firstReadyAt = this.#first ? Number.NEGATIVE_INFINITY : this.#owner.awakeNow()
  }
}

/** Another incarnation lives at the locator. An unknown UID is no proof of that. */
function isOther(before: Endpoint, after: Endpoint): boolean {
  return before.uid !== undefined && after.uid !== undefined && before.uid !== after.uid
}

function withUid(endpoint: Endpoint, uid: string): Endpoint {
  return Object.freeze({ ...endpoint, uid })
}
