/**
 * Calls that wait for an endpoint: bounded, first come first served, each until its own time is over. Queueing happens here and nowhere else, since what
 * a connection has queued cannot move to another pod.
 */
import { type Clock, longestDelayMs } from '../clock.ts'
import type { Reason } from './pick.ts'

/** Hears once: `again` means pick once more, anything else ends the call. */
export type Resume = (answer: 'again' | Reason) => void

interface Waiter {
  readonly resume: Resume
  timer: Disposable | undefined
}

/** One per upstream. */
export class WaitingLine {
  readonly #clock: Clock
  readonly #maxWaiting: number
  readonly #waiters = new Set<Waiter>()
  /** Those that were resumed and found nothing stand here, before the others. */
  #front: Waiter[] = []
  #serving = false
  /** How many may find nothing before a round ends. */
  #mostInVain = 1

  constructor(clock: Clock, maxWaiting: number) {
    this.#clock = clock
    this.#maxWaiting = maxWaiting
  }

  get size(): number {
    return this.#waiters.size + this.#front.length
  }

  /** Joins the line for at most `ms` (more than timers keep: until served); `reason` is what ends the wait then. Leaving the line is disposing the answer. */
  join(ms: number, reason: () => Reason, resume: Resume): Disposable {
    if (this.size >= this.#maxWaiting) {
      resume('queue-full')
      return nothing
    }
    const waiter: Waiter = { resume, timer: undefined }
    if (ms <= longestDelayMs) {
      waiter.timer = this.#clock.wake(ms, () => {
        this.#remove(waiter)
        resume(reason())
      })
    }
    if (this.#serving) this.#front.push(waiter)
    else this.#waiters.add(waiter)
    return { [Symbol.dispose]: () => this.#remove(waiter) }
  }

  /** Lets the first ones pick again, until one has to wait again. Called whenever there may be room. */
  serve(): void {
    if (this.size === 0 || this.#serving) return
    this.#serving = true
    try {
      // One that waits again comes back as `#front` and ends the round: what it did not find the next will not find either.
      while (this.#front.length < this.#mostInVain && this.#waiters.size > 0) {
        for (const waiter of this.#waiters) {
          this.#remove(waiter)
          waiter.resume('again')
          break
        }
      }
    } finally {
      this.#serving = false
      this.#mostInVain = 1
      const others = this.#front.length === 0 ? [] : [...this.#waiters]
      if (this.#front.length > 0) {
        this.#waiters.clear()
        for (const waiter of [...this.#front, ...others]) this.#waiters.add(waiter)
        this.#front = []
      }
    }
  }

  /** Lets everybody pick again: what they wait for, and with it for how long, has become something else. They keep their order. */
  recall(): void {
    // Also in the middle of a round, which then goes on to the last.
    this.#mostInVain = Number.POSITIVE_INFINITY
    this.serve()
    if (!this.#serving) this.#mostInVain = 1
  }

  /** Ends all waits. */
  end(reason: Reason): void {
    for (const waiter of [...this.#front, ...this.#waiters]) {
      this.#remove(waiter)
      waiter.resume(reason)
    }
  }

  #remove(waiter: Waiter): void {
    waiter.timer?.[Symbol.dispose]()
    waiter.timer = undefined
    if (this.#waiters.delete(waiter)) return
    const index = this.#front.indexOf(waiter)
    if (index >= 0) this.#front.splice(index, 1)
  }
}

const nothing: Disposable = { [Symbol.dispose]: () => {} }
