/**
 * The first stage: ready endpoints if there are any, else those that are terminating and still serving, else none
 * (kube-proxy's order, KEP-1669; `unready` is never picked).
 */
import { RowList } from '../internal/row-list.ts'
import type { Peer } from '../peers/peer.ts'
import type { Stage } from './stage.ts'

type Tier = 'ready' | 'serving-terminating'

/** Hears of every peer of the set, passes on one tier. The tier is judged at the flush, so a batch that swaps one ready peer for another flips nothing. */
export class TerminationTier implements Stage {
  readonly #next: Stage
  readonly #ready = new RowList()
  readonly #terminating = new RowList()
  #tier: Tier = 'ready'

  constructor(next: Stage) {
    this.#next = next
  }

  join(peer: Peer, share: number): void {
    const { condition } = peer.endpoint
    if (condition === 'unready') return
    this.#list(condition).add(peer)
    if (condition === this.#tier) this.#next.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    const { condition } = peer.endpoint
    if (condition !== 'unready' && this.#list(condition).has(peer)) {
      if (condition === this.#tier) this.#next.alter(peer, share)
      return
    }
    this.leave(peer)
    this.join(peer, share)
  }

  leave(peer: Peer): void {
    const from: Tier | undefined =
      this.#ready.remove(peer) >= 0 ? 'ready' : this.#terminating.remove(peer) >= 0 ? 'serving-terminating' : undefined
    if (from !== undefined && from === this.#tier) this.#next.leave(peer)
  }

  flush(): void {
    const tier: Tier = this.#ready.size > 0 || this.#terminating.size === 0 ? 'ready' : 'serving-terminating'
    if (tier !== this.#tier) {
      for (const peer of this.#list(this.#tier).peers) this.#next.leave(peer)
      this.#tier = tier
      for (const peer of this.#list(tier).peers) this.#next.join(peer, 1)
    }
    this.#next.flush()
  }

  #list(tier: Tier): RowList {
    return tier === 'ready' ? this.#ready : this.#terminating
  }
}

/** The same rule as a pure function over the whole set: the reference that the stage must agree with after any history. */
export function terminationTier(peers: readonly Peer[]): readonly Peer[] {
  const ready = peers.filter((peer) => peer.endpoint.condition === 'ready')
  return ready.length > 0 ? ready : peers.filter((peer) => peer.endpoint.condition === 'serving-terminating')
}
