/**
 * A narrowing that knows what it let through: what a balancer's choosers were told. In some histories it hides half of the addresses, as a zone
 * rule would, so that everybody in reach may be shut while others are open.
 */
import type { Narrowing, Peer, Stage } from '@evenkeel/core'
import { holds } from '../law.ts'

/** One history's eyes inside the pipeline. */
export class SpyNarrowing implements Narrowing {
  readonly name = 'spy'
  readonly mayLeaveNothing = true
  /** Members with their shares. */
  readonly members: Map<Peer, number> = new Map<Peer, number>()
  /** Calls heard so far, flushes included. */
  heard = 0
  readonly #hidesHalf: boolean

  constructor(hides: 'nobody' | 'half') {
    this.#hidesHalf = hides === 'half'
  }

  /** Whether the peer is out of reach. */
  hides(peer: Peer): boolean {
    // The last digit of an address of a history: 10.0.0.7:80.
    return this.#hidesHalf && peer.endpoint.address.charCodeAt(peer.endpoint.address.length - 1) % 2 === 0
  }

  open(next: Stage): Stage & Disposable {
    return {
      join: (peer: Peer, share: number) => {
        this.heard++
        holds(1, !this.members.has(peer), () => `${peer.endpoint.locator} joins the pipeline twice`)
        this.members.set(peer, share)
        if (!this.hides(peer)) next.join(peer, share)
      },
      alter: (peer: Peer, share: number) => {
        this.heard++
        holds(1, this.members.has(peer), () => `${peer.endpoint.locator} is altered before it joins the pipeline`)
        this.members.set(peer, share)
        if (!this.hides(peer)) next.alter(peer, share)
      },
      leave: (peer: Peer) => {
        this.heard++
        holds(1, this.members.delete(peer), () => `${peer.endpoint.locator} leaves a pipeline it is not in`)
        if (!this.hides(peer)) next.leave(peer)
      },
      flush: () => {
        this.heard++
        next.flush()
      },
      [Symbol.dispose]: () => this.members.clear(),
    }
  }
}
