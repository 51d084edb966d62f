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
  /** `grave`: it does not pass by itself. `light`: part of getting on, and no news to anybody. */
  readonly weight: 'light' | 'usual' | 'grave'
}

/** What a reaction depends on. */
export interface Circumstances {
  /** What the backoff says. */
  readonly backoffMs: number
  /** In a row, this one included. */
  readonly failures: number
  /** Whether what is shown was read again after a 401, and has not been taken since. */
  readonly hasRenewed: boolean
  readonly random: Random
}

// Asking often for what is not permitted or not there helps nobody.
const slowMs = 30_000
// A connection that breaks, and then a version that is too old.
const expectedFailures = 2

/** The reaction to what a request or a watch has thrown. */
export function reactionTo(cause: unknown, { backoffMs, failures, hasRenewed, random }: Circumstances): Reaction {
  if (!(cause instanceof Refusal)) {
    // What is no event may hide one.
    const isUnreadable = cause instanceof SyntaxError || cause instanceof RangeError
    return { from: isUnreadable ? 'anew' : 'version', delayMs: backoffMs, weight: 'usual' }
  }
  const { kind, retryAfterMs } = cause
  // Everybody is told the same time.
  const toldMs = retryAfterMs === undefined ? backoffMs : retryAfterMs * (1 + random.next() * 0.1)
  switch (kind) {
    case 'expired':
      // Again and again it is one.
      return { from: 'anywhere', delayMs: backoffMs, weight: failures > expectedFailures ? 'usual' : 'light' }
    case 'invalid':
    case 'other':
      return { from: 'anywhere', delayMs: backoffMs, weight: 'usual' }
    case 'too-large':
      return { from: 'anywhere', delayMs: toldMs, weight: 'usual' }
    case 'busy':
      return { from: 'version', delayMs: toldMs, weight: 'usual' }
    case 'unauthorized':
      // The first time, what has been read anew is tried at once.
      if (!hasRenewed) return { from: 'version', delayMs: 0, weight: 'light' }
      return { from: 'version', delayMs: backoffMs, weight: 'grave' }
    case 'forbidden':
    case 'missing':
      return { from: 'version', delayMs: slowMs * (1 + random.next()), weight: 'grave' }
  }
}

/** Whether the wait after it is but our own: not told by the server, nor for what somebody has to permit or make first. */
export function isOurWait(cause: unknown): boolean {
  return !(cause instanceof Refusal) || (cause.retryAfterMs === undefined && !patient.has(cause.kind))
}

const patient: ReadonlySet<Refusal['kind']> = new Set(['forbidden', 'missing'])
