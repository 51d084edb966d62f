/**
 * How late and how busy the event loop is. A timer that is due every 100 ms tells by how much it was late; both figures are
 * smoothed over a second of time, not of samples, so that one stall of 2 s shows at once and a single pause of 300 ms does not.
 */
import type { Clock } from '@evenkeel/core'
import { loopUtilisation, type ReadUtilisation } from './loop-utilisation.ts'

/** Ten looks per second: fresh enough for a client that compares loads, and too few to be seen in a profile. */
const everyMs = 100
// One second is the time the kubelet waits for a probe, so it is the span over which lag matters.
const smoothingMs = 1_000

/** Samples from its making until it is disposed. `sampled` hears of every new sample. */
export class LoopMonitor implements Disposable {
  readonly #clock: Clock
  readonly #read: ReadUtilisation
  readonly #sampled: () => void
  #lagMs = 0
  #utilisation = 0
  #lookedAt: number
  #timer: Disposable

  constructor(clock: Clock, sampled: () => void, read: ReadUtilisation = loopUtilisation()) {
    this.#clock = clock
    this.#read = read
    this.#sampled = sampled
    this.#lookedAt = clock.now()
    this.#timer = clock.after(everyMs, this.#look)
  }

  /** How late timers run, smoothed. */
  get lagMs(): number {
    return this.#lagMs
  }

  /** The busy share of the loop's time, smoothed, 0 to 1. */
  get utilisation(): number {
    return this.#utilisation
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]()
  }

  readonly #look = (): void => {
    const now = this.#clock.now()
    const elapsedMs = now - this.#lookedAt
    const weight = 1 - Math.exp(-elapsedMs / smoothingMs)
    this.#lagMs += weight * (Math.max(0, elapsedMs - everyMs) - this.#lagMs)
    this.#utilisation += weight * (this.#read() - this.#utilisation)
    this.#lookedAt = now
    this.#timer = this.#clock.after(everyMs, this.#look)
    this.#sampled()
  }
}
