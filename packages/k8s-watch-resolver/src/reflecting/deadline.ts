/**
 * The time that initial events may take. A server that takes the request for all objects and never says that they are complete is given up
 * (kubernetes/kubernetes#140890), but for the time that a large collection needs.
 */
import type { Clock } from '@evenkeel/core'

// Ten seconds for the beginning; 1 MB/s is slow for a cluster.
const initialMs = 10_000
const initialBytesPerMs = 1_000

/** What a deadline looks at, and cuts. */
export interface Timed {
  readonly ageMs: number
  readonly bytes: number
  cut(error: Error): void
}

/** Cuts a stream whose initial events do not come to their end. */
export class Deadline implements Disposable {
  readonly #clock: Clock
  readonly #stream: Timed
  #timer: Disposable | undefined
  /** Whether it has cut the stream. */
  isOver = false

  constructor(clock: Clock, stream: Timed, isNeeded: boolean) {
    this.#clock = clock
    this.#stream = stream
    if (isNeeded) this.#look()
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
  }

  #look(): void {
    const leftMs = initialMs + this.#stream.bytes / initialBytesPerMs - this.#stream.ageMs
    if (leftMs > 0) {
      this.#timer = this.#clock.after(leftMs, () => this.#look())
      return
    }
    this.isOver = true
    this.#stream.cut(new Error('the server did not say in time that all objects have come'))
  }
}
