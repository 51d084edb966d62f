/**
 * How long to wait before another attempt: full jitter (Brooker, "Exponential backoff and jitter", 2015), so that callers that failed together do not
 * come back together.
 */
import type { Random } from '../../random.ts'

/** Options of the back-off. */
export interface BackoffOptions {
  /** Upper bound of the first delay; doubles each time. @defaultValue 25 */
  readonly baseMs?: number
  /** Upper bound of every delay. @defaultValue 250 */
  readonly maxMs?: number
}

// 2^20 base delays are beyond any bound; keeps the shift within an integer.
const maxDoublings = 20

/** A delay between 0 and `baseMs`·2^`repeats`, at most `maxMs`. */
export function backoffMs(random: Random, repeats: number, baseMs: number, maxMs: number): number {
  const bound = baseMs * (1 << Math.min(repeats, maxDoublings))
  return random.next() * Math.min(bound, maxMs)
}
