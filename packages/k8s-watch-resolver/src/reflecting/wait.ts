/**
 * The wait before the next attempt, which whoever misses news may cut short: not below a floor of its own, which differs from process to process, so that
 * nobody can make a process ask an API server again and again, nor a thousand of them at once.
 */
import type { Clock, Random } from '@evenkeel/core'
import { pause } from './pause.ts'

// A third of the longest wait of the backoff; its shorter ones are below it.
const leastMs = 10_000

/** Waits of one reflector, one after another. */
export class Wait {
  readonly #clock: Clock
  readonly #random: Random
  #since = 0
  #hurried: AbortController | undefined
  #timer: Disposable | undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Resolves after so many milliseconds, when it was cut short, or when the signal says so; no timer and no listener is left. */
  async over(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const hurried = new AbortController()
    const end = (): void => hurried.abort()
    signal.addEventListener('abort', end)
    this.#since = this.#clock.now()
    this.#hurried = hurried
    await pause(this.#clock, ms, hurried.signal)
    signal.removeEventListener('abort', end)
    this.#hurried = undefined
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** Makes the wait that is under way 10 to 20 s long at the most, from its beginning on. Asked again, it stays as it is. */
  hurry(): void {
    const hurried = this.#hurried
    if (hurried === undefined || this.#timer !== undefined) return
    const waitedMs = this.#clock.now() - this.#since
    const mostMs = leastMs * (1 + this.#random.next())
    this.#timer = this.#clock.after(Math.max(0, mostMs - waitedMs), () => hurried.abort())
  }
}
