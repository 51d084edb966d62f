/**
 * Time-outs of equal length: whoever starts later ends later, so they form a queue and one timer serves them all. Arming and disarming cost a few
 * assignments, which a timer per request does not.
 */
import type { Clock } from '@evenkeel/core'

/** What can lapse. The links belong to the lapse that it is in. */
export interface Lapsing {
  lapseAt: number
  lapseOlder: Lapsing | undefined
  lapseNewer: Lapsing | undefined
  /** Called when the time is over; it is out of the lapse then. */
  lapsed(): void
}

/** One per length of time. */
export class Lapse implements Disposable {
  readonly ms: number
  readonly #clock: Clock
  #oldest: Lapsing | undefined
  #newest: Lapsing | undefined
  #timer: Disposable | undefined
  #disposed = false

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.ms = ms
  }

  get empty(): boolean {
    return this.#oldest === undefined
  }

  /** Starts the time of one that is in no lapse. `now` must not run backwards. */
  add(entry: Lapsing, now: number): void {
    entry.lapseAt = now + this.ms
    entry.lapseOlder = this.#newest
    entry.lapseNewer = undefined
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.lapseNewer = entry
    this.#newest = entry
    if (this.#timer === undefined) this.#arm(this.ms)
  }

  remove(entry: Lapsing): void {
    const { lapseOlder, lapseNewer } = entry
    if (lapseOlder === undefined) this.#oldest = lapseNewer
    else lapseOlder.lapseNewer = lapseNewer
    if (lapseNewer === undefined) this.#newest = lapseOlder
    else lapseNewer.lapseOlder = lapseOlder
    entry.lapseOlder = undefined
    entry.lapseNewer = undefined
    if (this.#disposed && this.empty) this.#clear()
  }

  /** Leaves no timer. Whoever still holds on to it may go on using it. */
  [Symbol.dispose](): void {
    this.#disposed = true
    if (this.empty) this.#clear()
  }

  #clear(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** The timer is not moved when an entry leaves: it fires, looks who is left, and is set for that one. */
  #arm(ms: number): void {
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined
      const now = this.#clock.now()
      while (this.#oldest !== undefined && this.#oldest.lapseAt <= now) {
        const entry = this.#oldest
        this.remove(entry)
        entry.lapsed()
      }
      if (this.#oldest !== undefined && this.#timer === undefined) this.#arm(Math.max(1, this.#oldest.lapseAt - now))
    })
  }
}
