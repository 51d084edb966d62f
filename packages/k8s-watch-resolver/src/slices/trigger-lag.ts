/**
 * How late news of slices are: from the change of a pod or Service that made the controller write a slice, to the moment at which it is told here.
 */
import type { SliceContent } from './slice-content.ts'

/** Where the lag is measured. */
export interface TriggerLagOptions {
  /** Wall clock in milliseconds since 1970, as the annotation is one, too. */
  readonly wallNow: () => number
  /** Hears each lag, in milliseconds. */
  readonly lagged: (lagMs: number) => void
}

/** Collects the triggers of what is about to be told. What caused a change before this began is nobody's lag, and a deletion has no trigger. */
export class TriggerLag {
  readonly #options: TriggerLagOptions
  readonly #since: number
  #waiting: number[] = []

  constructor(options: TriggerLagOptions) {
    this.#options = options
    this.#since = options.wallNow()
  }

  /** A slice was written anew. */
  note(before: SliceContent | undefined, content: SliceContent): void {
    const { triggerTime } = content
    if (triggerTime === undefined || triggerTime === before?.triggerTime) return
    const at = Date.parse(triggerTime)
    if (at >= this.#since) this.#waiting.push(at)
  }

  /** What was noted has been told, or was no news to anybody. */
  tell(isNews: boolean): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    const now = isNews ? this.#options.wallNow() : undefined
    // Clocks of two machines: a change of the future was now.
    if (now !== undefined) for (const at of waiting) this.#options.lagged(Math.max(0, now - at))
  }
}
