/**
 * A narrowing that lets everything through and knows what it let through: what a balancer's choosers were told.
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

  open(next: Stage): Stage & Disposable {
    return {
      join: (peer: Peer, share: number) => {
        this.heard++
        holds(1, !this.members.has(peer), () => `${peer.endpoint.locator} joins the pipeline twice`)
        this.members.set(peer, share)
        next.join(peer, share)
      },
      alter: (peer: Peer, share: number) => {
        this.heard++
        holds(1, this.members.has(peer), () => `${peer.endpoint.locator} is altered before it joins the pipeline`)
        this.members.set(peer, share)
        next.alter(peer, share)
      },
      leave: (peer: Peer) => {
        this.heard++
        holds(1, this.members.delete(peer), () => `${peer.endpoint.locator} leaves a pipeline it is not in`)
        next.leave(peer)
      },
      flush: () => {
        this.heard++
        next.flush()
      },
      [Symbol.dispose]: () => this.members.clear(),
    }
  }
}
