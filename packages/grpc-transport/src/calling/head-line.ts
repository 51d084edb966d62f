/**
 * Heads that have come in this turn of the event loop. A server that fails a call may send its head before its trailers, in the same packet; the verdict
 * must not be good then, not even for a moment. So heads are believed after the turn, with one immediate for all of them.
 */
import type { Clock } from '@evenkeel/core'

/** What stands in the line. */
export interface Headed {
  headStands(): void
}

/** One per channel. */
export class HeadLine implements Disposable {
  readonly #clock: Clock
  #line: Headed[] = []
  #turn: Disposable | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(attempt: Headed): void {
    this.#line.push(attempt)
    this.#turn ??= this.#clock.afterPoll(this.#believe)
  }

  [Symbol.dispose](): void {
    this.#turn?.[Symbol.dispose]()
    this.#turn = undefined
    this.#line = []
  }

  readonly #believe = (): void => {
    this.#turn = undefined
    const line = this.#line
    this.#line = []
    for (const attempt of line) attempt.headStands()
  }
}
