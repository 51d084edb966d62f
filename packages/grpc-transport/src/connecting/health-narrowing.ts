/**
 * Leaves out the peers that say of themselves that they do not serve. A peer that was never connected has said nothing, and is asked when it is first picked.
 */
import type { Narrowing, Peer, Stage } from '@evenkeel/core'

/** The pure reference: who is left. */
export function serving(peers: readonly Peer[], unwell: ReadonlySet<Peer>): readonly Peer[] {
  return peers.filter((peer) => !unwell.has(peer))
}

/** One per channel. */
export class HealthNarrowing implements Narrowing {
  readonly name = 'grpc-health'
  // A peer that says so itself is not asked, even if all say so.
  readonly mayLeaveNothing = true
  #stage: HealthStage | undefined

  open(next: Stage): Stage & Disposable {
    this.#stage = new HealthStage(next)
    return this.#stage
  }

  /** What a peer says of itself. */
  said(peer: Peer, health: 'serving' | 'not-serving'): void {
    this.#stage?.said(peer, health)
  }
}

class HealthStage implements Stage, Disposable {
  readonly #next: Stage
  readonly #shares = new Map<Peer, number>()
  readonly #unwell = new Set<Peer>()

  constructor(next: Stage) {
    this.#next = next
  }

  said(peer: Peer, health: 'serving' | 'not-serving'): void {
    const share = this.#shares.get(peer)
    if (share === undefined || this.#unwell.has(peer) === (health === 'not-serving')) return
    if (health === 'serving') {
      this.#unwell.delete(peer)
      this.#next.join(peer, share)
    } else {
      this.#unwell.add(peer)
      this.#next.leave(peer)
    }
    this.#next.flush()
  }

  join(peer: Peer, share: number): void {
    this.#shares.set(peer, share)
    this.#next.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    this.#shares.set(peer, share)
    if (!this.#unwell.has(peer)) this.#next.alter(peer, share)
  }

  leave(peer: Peer): void {
    this.#shares.delete(peer)
    if (!this.#unwell.delete(peer)) this.#next.leave(peer)
  }

  flush(): void {
    this.#next.flush()
  }

  [Symbol.dispose](): void {
    this.#shares.clear()
    this.#unwell.clear()
  }
}
