/**
 * Time in which this process could look. When its event loop stalls, answers lie unread in the kernel; whatever is measured across the
 * stall would blame an endpoint for it (law 10). So loads, guards and silences are measured in awake time: monotonic milliseconds minus the
 * stalls. A timer that fires late tells how long the stall was; one that is overdue right now tells how long it has been so far.
 */
import type { Clock } from './clock.ts'
import { Reading } from './peers/moment.ts'

// Often enough that a stall of a tenth of a second is seen, rare enough to cost nothing: 20 wake-ups a second, only while calls are unanswered.
const tickMs = 50
// Lateness that a loaded but healthy event loop shows; only what exceeds it counts as a stall.
const slackMs = 25

/** Shared by all upstreams of one `upstreams(...)`. Ticks only between `begin` and the matching `end`. */
export class AwakeTime implements Disposable {
  /** The time that was read last. */
  readonly last: Reading = new Reading()
  readonly #clock: Clock
  #lostMs = 0
  #due = Number.POSITIVE_INFINITY
  #unanswered = 0
  #timer: Disposable | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Awake milliseconds: never runs backwards, stands still during a stall. */
  now(): number {
    this.read()
    return this.last.now
  }

  /** Leaves the time in `last`: for the pick path, where a number that is returned may cost an object. */
  read(): void {
    const now = this.#clock.now()
    // As `#overdueMs`, whose answer would cost an object here.
    const overdueMs = now - this.#due - slackMs
    this.last.cells[0] = now - this.#lostMs - (overdueMs > 0 ? overdueMs : 0)
  }

  /** How long this process could not run since it was made, as far as it was watched. */
  lostMs(): number {
    return this.#lostMs + this.#overdueMs(this.#clock.now())
  }

  /** A call waits for its answer: stalls matter now. */
  begin(): void {
    this.#unanswered++
    if (this.#timer === undefined) this.#arm()
  }

  /** The answer has come, or never will. */
  end(): void {
    this.#unanswered--
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#due = Number.POSITIVE_INFINITY
  }

  #overdueMs(now: number): number {
    const overdueMs = now - this.#due - slackMs
    return overdueMs > 0 ? overdueMs : 0
  }

  #arm(): void {
    this.#due = this.#clock.now() + tickMs
    this.#timer = this.#clock.after(tickMs, this.#tick)
  }

  readonly #tick = (): void => {
    this.#lostMs += this.#overdueMs(this.#clock.now())
    this.#timer = undefined
    this.#due = Number.POSITIVE_INFINITY
    if (this.#unanswered > 0) this.#arm()
  }
}
