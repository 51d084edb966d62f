/**
 * Guards whose votes the history draws, so that standings change far more often than real guards would make them.
 */
import type { Guard, GuardFactory, Peer, Votes } from '@evenkeel/core'

/** Votes by hand; counts and forgets as a guard must. */
export class HandGuard implements Guard {
  readonly name: string
  readonly speaks: 'opinion' | 'fact'
  /** Peers that it speaks against. */
  readonly against: Set<Peer> = new Set<Peer>()
  #votes: Votes | undefined

  constructor(speaks: 'opinion' | 'fact') {
    this.name = `hand-${speaks}`
    this.speaks = speaks
  }

  /** The factory to hand to `upstreams`; one upstream only. */
  get factory(): GuardFactory {
    return (_kit, votes) => {
      this.#votes = votes
      return this
    }
  }

  toggle(peer: Peer): void {
    if (this.against.has(peer)) this.clear(peer)
    else {
      this.against.add(peer)
      this.#votes?.say(this, peer, this.speaks === 'opinion' ? 'shut' : 'leaving')
    }
  }

  clear(peer: Peer): void {
    if (this.against.delete(peer)) this.#votes?.say(this, peer, 'open')
  }

  owe(peer: Peer): void {
    this.#votes?.owe(peer)
  }

  reset(peer: Peer): void {
    this.clear(peer)
  }

  left(peer: Peer): void {
    this.against.delete(peer)
  }

  [Symbol.dispose](): void {
    this.against.clear()
  }
}
