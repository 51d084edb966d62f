/**
 * Who hears what happens to the peers of an upstream: transports that watch them, and whoever subscribed to the events.
 */
import type { EndpointSet } from '../../discovery/endpoint-set.ts'
import { events } from '../../events.ts'
import { isLeaving, type LivePeer } from '../peer.ts'
import type { PeerListener } from '../upstream.ts'

/** One per upstream. */
export class PeerNews implements Disposable {
  readonly #service: string
  readonly #listeners = new Set<PeerListener>()

  constructor(service: string) {
    this.#service = service
  }

  /** From now on the listener hears; first of what is there already. `set` is undefined before the first one. */
  add(listener: PeerListener, peers: Iterable<LivePeer>, set: EndpointSet | undefined): Disposable {
    this.#listeners.add(listener)
    for (const peer of peers) {
      listener.joined?.(peer)
      if (isLeaving(peer)) listener.leaving?.(peer)
    }
    if (set !== undefined) listener.status?.(set)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  joined(peer: LivePeer): void {
    for (const listener of this.#listeners) listener.joined?.(peer)
    this.#publish(peer, 'joined')
  }

  /** Takes no new calls while others are there. */
  leaving(peer: LivePeer): void {
    for (const listener of this.#listeners) listener.leaving?.(peer)
  }

  left(peer: LivePeer): void {
    for (const listener of this.#listeners) listener.left?.(peer)
    this.#publish(peer, 'left')
  }

  /** `why` is asked only if somebody listens. */
  standingChanged(peer: LivePeer, why: () => readonly string[]): void {
    const { standing } = peer
    if (events.standing.hasSubscribers)
      events.standing.publish({ service: this.#service, endpoint: peer.endpoint.locator, standing, why: why() })
    if (standing === 'leaving') this.leaving(peer)
  }

  set(set: EndpointSet): void {
    // The list is made only for those who ask for it.
    if (events.set.hasSubscribers) {
      const { status, version, endpoints, error } = set
      events.set.publish({ service: this.#service, status, version, endpoints: endpoints.length, error })
    }
    for (const listener of this.#listeners) listener.status?.(set)
  }

  [Symbol.dispose](): void {
    this.#listeners.clear()
  }

  #publish(peer: LivePeer, change: 'joined' | 'left'): void {
    if (events.peer.hasSubscribers)
      events.peer.publish({ service: this.#service, endpoint: peer.endpoint.locator, change })
  }
}
