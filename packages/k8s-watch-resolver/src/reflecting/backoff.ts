/**
 * How long to wait before the next attempt. The first one is anywhere in the window, so that a thousand processes that lost their API server at once do not
 * come back at once; the next ones follow client-go's reflector (`tools/cache/reflector.go`): 0.8 s, doubled up to 30 s, and up to twice that by chance.
 */
import type { Clock, Random } from '@evenkeel/core'

// client-go's values.
const firstMs = 800
const longestMs = 30_000
const calmMs = 120_000

/** Delays of one reflector. */
export class Backoff {
  readonly #clock: Clock
  readonly #random: Random
  #failures = 0
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures
  }

  /** Counts a failure. @returns the delay in ms */
  next(): number {
    const now = this.#clock.now()
    // A stream that lived for a while is not part of the trouble before it.
    if (now - this.#failedAt > calmMs) this.#failures = 0
    this.#failedAt = now
    this.#failures++
    if (this.#failures === 1) return this.#random.next() * 2 * firstMs
    return Math.min(longestMs, firstMs * 2 ** (this.#failures - 1)) * (1 + this.#random.next())
  }

  /** A stream was accepted and has said something: what failed before is over. */
  reset(): void {
    this.#failures = 0
  }
}
