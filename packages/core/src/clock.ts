/**
 * Time, as everything in evenkeel sees it: one value passed in, so that a test can own it.
 * This file and `random.ts` are the only doors to the real ones; lint keeps it that way.
 */

/** The longest delay that timers keep, 24.8 days in ms: Node counts it in 31 bits and would run what is later at once. */
export const longestDelayMs = 2_147_483_647

/** A source of monotonic time and of timers. Never jumps with the wall clock. */
export interface Clock {
  /** Monotonic milliseconds with a fraction. Fresh at each call. */
  now(): number
  /**
   * Runs `run` once, `ms` from now, for background work: it does not keep the process alive. Disposing cancels it.
   * @param ms At most 24.8 days: the process's own clock runs what is later then, a test's refuses it.
   */
  after(ms: number, run: () => void): Disposable
  /** Like `after`, for a caller that waits: it keeps the process alive until it ran or was disposed. */
  wake(ms: number, run: () => void): Disposable
  /**
   * Runs `run` after the event loop has polled for input once more. A time-out that fires asks here before it believes
   * itself: the answer may lie in the kernel's buffer while this process was busy.
   */
  afterPoll(run: () => void): Disposable
}

/** The process's own monotonic clock (`performance.now`) and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms: number, run: () => void): Disposable {
    return new Timer(setTimeout(run, Math.min(ms, longestDelayMs)).unref())
  },
  wake(ms: number, run: () => void): Disposable {
    return new Timer(setTimeout(run, Math.min(ms, longestDelayMs)))
  },
  afterPoll(run: () => void): Disposable {
    const immediate = setImmediate(run)
    return { [Symbol.dispose]: () => clearImmediate(immediate) }
  },
}

/** The wall clock: milliseconds since 1970. It jumps, so it is for comparing with times that others have written down, never for durations. */
export const systemWallTime: () => number = () => Date.now()

class Timer implements Disposable {
  readonly #timer: NodeJS.Timeout
  constructor(timer: NodeJS.Timeout) {
    this.#timer = timer
  }
  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
