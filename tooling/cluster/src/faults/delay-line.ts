/**
 * A line in one direction: what goes in comes out later, in order, and no faster than the line carries.
 */

/** What a line is like. */
export interface DelayLineOptions {
  /** From one end to the other. */
  readonly delayMs: number
  /** What it carries. `Infinity` is no limit. */
  readonly bytesPerSecond: number
}

interface Parcel {
  readonly dueAt: number
  readonly bytes: number
  deliver(): void
}

/** One direction of one connection. */
export class DelayLine {
  readonly #options: DelayLineOptions
  readonly #parcels: Parcel[] = []
  #freeAt = 0
  #bytes = 0
  #isStraight = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: DelayLineOptions) {
    this.#options = options
  }

  /** Bytes that are on their way. */
  get bytes(): number {
    return this.#bytes
  }

  /** Delivers later what a parcel of so many bytes brings; a parcel without bytes is a signal, and keeps its place too. */
  send(bytes: number, deliver: () => void): void {
    const { delayMs, bytesPerSecond } = this.#options
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (bytes / bytesPerSecond) * 1_000
    this.#bytes += bytes
    this.#parcels.push({ dueAt: this.#freeAt + delayMs, bytes, deliver })
    this.#deliverDue()
  }

  /** From now on nothing is delayed, also what is on its way. */
  straighten(): void {
    this.#isStraight = true
    this.#deliverDue()
  }

  #deliverDue(): void {
    clearTimeout(this.#timer)
    for (;;) {
      const [first] = this.#parcels
      if (first === undefined) return
      const remainingMs = this.#isStraight ? 0 : first.dueAt - performance.now()
      if (remainingMs > 0) {
        this.#timer = setTimeout(() => this.#deliverDue(), remainingMs)
        return
      }
      this.#parcels.shift()
      this.#bytes -= first.bytes
      first.deliver()
    }
  }
}
