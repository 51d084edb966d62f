/**
 * Heads that have come, of calls that have said nothing else yet. A server that fails a call may send its head before its trailers, in the same packet; the verdict
 * must not be good then, not even for a moment. So a head alone is believed a little later, with one timer for all of them.
 */
import type { Clock } from '@evenkeel/core'

/** What stands in the line. */
export interface Headed {
  /** No bad status came with the head. */
  headStands(): void
}

// Longer than the packets of one answer are apart, and nothing to a stream, which is what has a head alone.
const beliefMs = 5

/** One per channel. */
export class HeadLine implements Disposable {
  readonly #clock: Clock
  #line: Headed[] = []
  #timer: Disposable | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Its head has come. */
  add(attempt: Headed): void {
    this.#line.push(attempt)
    this.#timer ??= this.#clock.after(beliefMs, this.#believe)
  }

  /** Leaves no timer. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#line = []
  }

  readonly #believe = (): void => {
    this.#timer = undefined
    const line = this.#line
    this.#line = []
    for (const attempt of line) attempt.headStands()
  }
}
