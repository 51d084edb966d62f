/**
 * A chosen peer, settled exactly once.
 */
import type { LivePeer, Peer } from '../peers/peer.ts'
import type { Outcome, Verdict } from './outcome.ts'
import type { PickBook } from './pick-book.ts'

/**
 * reserved → started → answered (final head) → settled. Silence runs from the reservation to the head, latency from the start, in flight
 * until settled. Calls out of order or repeated do nothing.
 */
export interface Pick {
  /** Tells it from the other answers. */
  readonly kind: 'pick'
  /** The chosen one: connect to its endpoint. */
  readonly peer: Peer
  /** Bytes may now leave. A reservation that nobody starts is settled `unprocessed` when its call ends. */
  started(): void
  /** The final head has come, or 101. */
  answered(verdict: Verdict): void
  /** It is over: the body or the upgraded socket has ended, or nothing will come any more. */
  settle(outcome: Outcome): void
  /** Awake milliseconds since the reservation; 0 once settled. Less than the time that has passed: this process was stalled meanwhile. */
  ageMs(): number
}

/** Why there is nothing to pick. */
export type Reason =
  | 'absent'
  | 'no-endpoints'
  | 'all-full'
  | 'failfast'
  | 'deadline'
  | 'discovery-failed'
  | 'queue-full'
  | 'closed'

/** What `Balancer.pick` says. The last two are constants. */
export type Answer = Pick | { readonly kind: 'wait' } | { readonly kind: 'refused'; readonly reason: Reason }

/** How far a pick has come. Small integers, since they live in the one object that a pick costs. */
export const progress = { reserved: 0, started: 1, answeredGood: 2, answeredOther: 3, settled: 4 } as const

/** The one implementation: a handle on a slot of the book, where its times are kept so that they cost no boxes. Never reused. */
export class OpenPick implements Pick {
  readonly peer: LivePeer
  readonly slot: number
  progress: number = progress.reserved
  readonly #book: PickBook

  constructor(peer: LivePeer, slot: number, book: PickBook) {
    this.peer = peer
    this.slot = slot
    this.#book = book
  }

  get kind(): 'pick' {
    return 'pick'
  }

  started(): void {
    if (this.progress === progress.reserved) this.#book.start(this)
  }

  answered(verdict: Verdict): void {
    if (this.progress < progress.answeredGood) this.#book.answer(this, verdict)
  }

  settle(outcome: Outcome): void {
    if (this.progress < progress.settled) this.#book.settle(this, outcome)
  }

  ageMs(): number {
    return this.progress < progress.settled ? this.#book.ageMs(this) : 0
  }
}
