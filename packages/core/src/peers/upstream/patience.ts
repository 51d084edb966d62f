/**
 * How long a call waits when there is nobody to pick, and what it is told in the end.
 */
import type { Reason } from '../../calling/pick.ts'
import type { Clock } from '../../clock.ts'
import type { Status } from '../../discovery/endpoint-set.ts'

// Timers may fire a little late: whoever waited out the whole time is still told so.
const toleranceMs = 1

/** One per upstream. Times are monotonic milliseconds, since they are promises to callers. */
export class Patience {
  readonly #clock: Clock
  readonly #openedAt: number
  readonly #firstSetMs: number
  readonly #failfastMs: number
  #emptySince: number

  constructor(clock: Clock, firstSetMs: number, failfastMs: number) {
    this.#clock = clock
    this.#openedAt = clock.now()
    this.#emptySince = this.#openedAt
    this.#firstSetMs = firstSetMs
    this.#failfastMs = failfastMs
  }

  /** Whether the tier has anybody now. */
  usable(any: boolean): void {
    if (any) this.#emptySince = Number.POSITIVE_INFINITY
    else if (this.#emptySince === Number.POSITIVE_INFINITY) this.#emptySince = this.#clock.now()
  }

  /** How long to wait (0 or less: not at all) and the reason that ends it. */
  nobody(status: Status, now: number): { readonly waitMs: number; readonly reason: Reason } {
    if (status === 'absent') return { waitMs: 0, reason: 'absent' }
    if (status === 'pending' || status === 'failed') {
      return { waitMs: this.#openedAt + this.#firstSetMs - now, reason: 'discovery-failed' }
    }
    const waitMs = Math.min(this.#emptySince, now) + this.#failfastMs - now
    // Those who waited it out hear that nobody is ready; those who come later hear at once that this goes on.
    return { waitMs, reason: waitMs > -toleranceMs ? 'no-endpoints' : 'failfast' }
  }
}
