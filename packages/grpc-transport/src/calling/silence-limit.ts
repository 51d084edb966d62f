/**
 * How long an attempt of a repeatable call may be silent. A time-out that fires is not believed at once: the event loop first gets to read what has arrived,
 * and time in which this process was stalled does not count against the endpoint (law 10).
 */
import { lostMaybeProcessed, type Outcome } from '@evenkeel/core'
import type { Hub } from '../hub.ts'
import { longestSilenceMs } from '../options.ts'
import type { Attempt } from './attempt.ts'

/** Whose attempts they are. */
export interface Silenced {
  /** For time and settings. */
  readonly hub: Hub
  /** Monotonic milliseconds. */
  readonly deadline: number
  /** The attempt has had its time. */
  silent(attempt: Attempt, outcome: Outcome, silentMs: number): void
}

/** One per repeatable call. */
export class SilenceLimit {
  readonly #owner: Silenced
  #timer: Disposable | undefined

  constructor(owner: Silenced) {
    this.#owner = owner
  }

  /** The time of the attempt runs. */
  start(attempt: Attempt): void {
    this.stop()
    const { hub, deadline } = this.#owner
    const leftMs = deadline - hub.clock.now()
    const limitMs = hub.settings.attemptMs ?? Math.min(longestSilenceMs, leftMs / 2)
    if (limitMs > 0 && limitMs < leftMs) this.#arm(attempt, limitMs, limitMs)
  }

  /** The peer has said something, or the attempt is over. */
  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #arm(attempt: Attempt, ms: number, limitMs: number): void {
    const { clock } = this.#owner.hub
    this.#timer = clock.after(ms, () => {
      this.#timer = clock.afterPoll(() => {
        this.#timer = undefined
        const missingMs = limitMs - attempt.pick.ageMs()
        // Below a millisecond a timer cannot tell.
        if (missingMs < 1) this.#owner.silent(attempt, lostMaybeProcessed, limitMs)
        else this.#arm(attempt, missingMs, limitMs)
      })
    })
  }
}
