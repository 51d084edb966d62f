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
  readonly came: number
  timer: Disposable | undefined
}

/** What the lines of one upstream share: a bound over all of them, and the order in which calls came. */
export interface LineBound {
  /** Calls in all lines. */
  waiting: number
  readonly maxWaiting: number
  /** Calls that have come so far. */
  came: number
}

/** One per balancer: what one of its calls does not find, the next one of the same balancer will not find either; calls of another may. */
export class WaitingLine {
  readonly #clock: Clock
  readonly #bound: LineBound
  readonly #waiters = new Set<Waiter>()
  /** Those that were resumed and found nothing stand here, before the others. */
  #front: Waiter[] = []
  #serving = false
  /** How many may find nothing before a round ends. */
  #mostInVain = 1

  constructor(clock: Clock, bound: LineBound) {
    this.#clock = clock
    this.#bound = bound
  }

  get size(): number {
    return this.#waiters.size + this.#front.length
  }

  /** How early its first call came, compared with other lines; Infinity if nobody waits. */
  get since(): number {
    for (const { came } of this.#waiters) return came
    return Number.POSITIVE_INFINITY
  }

  /** Joins the line for at most `ms` (more than timers keep: until served); `reason` is what ends the wait then. Leaving the line is disposing the answer. */
  join(ms: number, reason: () => Reason, resume: Resume): Disposable {
    if (this.#bound.waiting >= this.#bound.maxWaiting) {
      resume('queue-full')
      return nothing
    }
    const waiter: Waiter = { resume, came: this.#bound.came++, timer: undefined }
    this.#bound.waiting++
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
      if (this.#front.length > 0) {
        const others = [...this.#waiters]
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
    const index = this.#front.indexOf(waiter)
    if (index >= 0) this.#front.splice(index, 1)
    else if (!this.#waiters.delete(waiter)) return
    this.#bound.waiting--
  }
}

const nothing: Disposable = { [Symbol.dispose]: () => {} }
