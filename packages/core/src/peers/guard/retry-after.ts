/**
 * Opinion: a peer that said Retry-After is left alone for that long. No trial is needed: the peer itself named the time.
 */
import type { Outcome } from '../../calling/outcome.ts'
import { invalidOption } from '../../errors.ts'
import type { Guard, GuardFactory } from '../guard.ts'
import type { Kit } from '../kit.ts'
import type { Peer } from '../peer.ts'
import type { Votes } from '../standing.ts'

/** Options of `retryAfter`. */
export interface RetryAfterOptions {
  /** The longest time that is believed (Envoy and Linkerd: 300 s). @defaultValue 300000 */
  readonly maxMs?: number
}

/** Shuts a peer for the time that it asked for. */
export function retryAfter(options: RetryAfterOptions = {}): GuardFactory {
  const { maxMs = 300_000 } = options
  if (!(maxMs > 0)) throw invalidOption('maxMs', maxMs, '> 0')
  return (kit, votes) => new RetryAfter(kit, votes, maxMs)
}

class RetryAfter implements Guard {
  readonly name = 'retry-after'
  readonly speaks = 'opinion'
  readonly #kit: Kit
  readonly #votes: Votes
  readonly #maxMs: number
  readonly #timers = new Map<Peer, Disposable>()

  constructor(kit: Kit, votes: Votes, maxMs: number) {
    this.#kit = kit
    this.#votes = votes
    this.#maxMs = maxMs
  }

  reset(peer: Peer): void {
    if (this.#timers.has(peer)) this.#open(peer)
  }

  left(peer: Peer): void {
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.delete(peer)
  }

  settled(peer: Peer, outcome: Outcome): void {
    const { retryAfterMs } = outcome
    if (retryAfterMs === undefined || !(retryAfterMs > 0)) return
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.set(
      peer,
      this.#kit.clock.after(Math.min(retryAfterMs, this.#maxMs), () => this.#open(peer)),
    )
    this.#votes.say(this, peer, 'shut')
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    this.#timers.clear()
  }

  #open(peer: Peer): void {
    this.left(peer)
    this.#votes.say(this, peer, 'open')
  }
}
