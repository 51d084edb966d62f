/**
 * What follows from a failure: where to go on, when, and whether it is worth telling at once.
 */
import type { Random } from '@evenkeel/core'
import { Refusal } from './asking/status.ts'

/** What to do next. */
export interface Reaction {
  /** `version`: resume. `anew`: everything is looked at again, not from before what was seen. `anywhere`: again, from whatever the server has. */
  readonly from: 'version' | 'anew' | 'anywhere'
  readonly delayMs: number
  /** Whether it does not pass by itself. */
  readonly isGrave: boolean
}

/** What a reaction depends on. */
export interface Circumstances {
  /** What the backoff says. */
  readonly backoffMs: number
  /** In a row, this one included. */
  readonly failures: number
  readonly random: Random
}

// Asking often for what is not permitted or not there helps nobody.
const slowMs = 30_000

/** The reaction to what a request or a watch has thrown. */
export function reactionTo(cause: unknown, { backoffMs, failures, random }: Circumstances): Reaction {
  if (!(cause instanceof Refusal)) {
    // What is no event may hide one.
    const isUnreadable = cause instanceof SyntaxError || cause instanceof RangeError
    return { from: isUnreadable ? 'anew' : 'version', delayMs: backoffMs, isGrave: false }
  }
  const { kind, retryAfterMs } = cause
  // Everybody is told the same time.
  const toldMs = retryAfterMs === undefined ? backoffMs : retryAfterMs * (1 + random.next() * 0.1)
  switch (kind) {
    case 'expired':
    case 'invalid':
    case 'other':
      return { from: 'anywhere', delayMs: backoffMs, isGrave: false }
    case 'too-large':
      return { from: 'anywhere', delayMs: toldMs, isGrave: false }
    case 'busy':
      return { from: 'version', delayMs: toldMs, isGrave: false }
    case 'unauthorized':
      // The first time, what has been read anew is tried at once.
      return { from: 'version', delayMs: failures === 1 ? 0 : backoffMs, isGrave: failures > 1 }
    case 'forbidden':
    case 'missing':
      return { from: 'version', delayMs: slowMs * (1 + random.next()), isGrave: true }
  }
}
