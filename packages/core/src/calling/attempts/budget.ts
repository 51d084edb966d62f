/**
 * How many repeats a service may cost: a share of its calls and a small floor, over a sliding window (Finagle's and tower's retry budget). A blip
 * must not become a storm.
 */
import type { Clock } from '../../clock.ts'
import { invalidOption } from '../../errors.ts'

/** Options of a retry budget. */
export interface BudgetOptions {
  /** Repeats allowed per call. @defaultValue 0.2 */
  readonly ratio?: number
  /** Repeats per second that are always allowed, for quiet services. @defaultValue 10 */
  readonly minPerSecond?: number
  /** How long a call counts. @defaultValue 10000 */
  readonly windowMs?: number
}

/** Shared by all calls of an upstream. Times are monotonic milliseconds. */
export interface Budget {
  /** A call begins. */
  deposit(now: number): void
  /** A call wants to repeat; false when there is nothing left. */
  withdraw(now: number): boolean
  /** Repeats left. */
  left(now: number): number
}

// The window moves in tenths: fine enough that a burst is not forgotten at once.
const buckets = 10

/** A sliding window of ten buckets. */
export class WindowBudget implements Budget {
  readonly #ratio: number
  readonly #reserve: number
  readonly #bucketMs: number
  readonly #deposits = new Float64Array(buckets)
  readonly #withdrawals = new Float64Array(buckets)
  #bucket = 0
  #bucketEndsAt: number

  constructor(clock: Clock, options: BudgetOptions = {}) {
    const { ratio = 0.2, minPerSecond = 10, windowMs = 10_000 } = options
    if (!(ratio >= 0 && ratio <= 1)) throw invalidOption('ratio', ratio, '0 to 1')
    if (!(minPerSecond >= 0)) throw invalidOption('minPerSecond', minPerSecond, '>= 0')
    if (!(windowMs > 0)) throw invalidOption('windowMs', windowMs, '> 0')
    this.#ratio = ratio
    this.#reserve = (minPerSecond * windowMs) / 1_000
    this.#bucketMs = windowMs / buckets
    this.#bucketEndsAt = clock.now() + this.#bucketMs
  }

  deposit(now: number): void {
    if (now >= this.#bucketEndsAt) this.#move(now)
    this.#deposits[this.#bucket] = (this.#deposits[this.#bucket] as number) + 1
  }

  withdraw(now: number): boolean {
    if (this.left(now) < 1) return false
    this.#withdrawals[this.#bucket] = (this.#withdrawals[this.#bucket] as number) + 1
    return true
  }

  left(now: number): number {
    if (now >= this.#bucketEndsAt) this.#move(now)
    // Whole numbers are added up and multiplied once: ten times a tenth would otherwise be a little less than one.
    let deposits = 0
    let withdrawals = 0
    for (let index = 0; index < buckets; index++) {
      deposits += this.#deposits[index] as number
      withdrawals += this.#withdrawals[index] as number
    }
    return Math.max(0, this.#reserve + deposits * this.#ratio - withdrawals)
  }

  #move(now: number): void {
    const passed = Math.floor((now - this.#bucketEndsAt) / this.#bucketMs) + 1
    for (let step = 0; step < Math.min(passed, buckets); step++) {
      this.#bucket = (this.#bucket + 1) % buckets
      this.#deposits[this.#bucket] = 0
      this.#withdrawals[this.#bucket] = 0
    }
    this.#bucketEndsAt += passed * this.#bucketMs
  }
}
