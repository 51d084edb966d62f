/**
 * Waiting that can be ended.
 */
import type { Clock } from '@evenkeel/core'

/** Resolves after so many milliseconds, or when the signal says so; no timer and no listener is left. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = (): void => {
      timer[Symbol.dispose]()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
