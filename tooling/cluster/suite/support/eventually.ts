/**
 * For what nobody can watch: kube-proxy, CoreDNS and the API server's own caches learn of a change a moment after it is written.
 */
import { vi } from 'vitest'

/** Asks again until what it was told of holds. @returns what it found @throws what was wrong at last */
export function eventually<T>(holds: () => Promise<T>): Promise<T> {
  // Within the time-out of a test, so that its own message is seen; a pause leaves the processor to those who are waited for.
  return vi.waitFor(holds, { timeout: 60_000, interval: 50 })
}
