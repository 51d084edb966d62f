/**
 * For what nobody can watch: kube-proxy, CoreDNS and the API server's own caches learn of a change a moment after it is written.
 */
import { vi } from 'vitest'

/** Asks again until what it was told of holds. @returns what it found @throws what was wrong at last */
export function eventually<T>(holds: () => Promise<T>): Promise<T> {
  // Within the time-out of a test, so that its own message is seen; a pause leaves the processor to those who are waited for.
  return vi.waitFor(holds, { timeout: 60_000, interval: 50 })
}

/**
 * What a promise is rejected with. Within `eventually` instead of vitest's `rejects`: the facts of a file run at the same time, and vitest counts a try that
 * fails, and is made again, as an error of whichever fact runs just then.
 * @throws Error with what it was fulfilled with
 */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`fulfilled with ${JSON.stringify(value)}`)
}
