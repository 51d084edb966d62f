/**
 * What became of the attempts of one request, for the error that its caller may get. Made when the first attempt fails.
 */
import {
  type AttemptRecord,
  type ErrorCode,
  type ErrorFacts,
  EvenkeelError,
  errorCodes,
  type Fate,
  type Fault,
  type Upstream,
} from '@evenkeel/core'
import type { Attempt } from './attempt.ts'

/** One per request that had a failed attempt. */
export class AttemptLog {
  readonly records: AttemptRecord[] = []
  /** How long this process could not look during the attempts. */
  lagMs = 0

  /** Notes an attempt whose pick has not settled yet. */
  add(attempt: Attempt, now: number, code: string): void {
    const { phase, startedAt, pick } = attempt
    this.records.push({ endpoint: pick.peer.endpoint.locator, phase, ms: now - startedAt, code })
    this.lagMs += attempt.lagMs(now)
  }
}

/** What an error says of the call so far. */
export function callFacts(upstream: Upstream, log: AttemptLog | undefined, cause: unknown): ErrorFacts {
  const { records = [], lagMs = 0 } = log ?? {}
  const endpoint = records.at(-1)?.endpoint
  return {
    service: upstream.service,
    endpoint,
    attempts: records,
    loopLagMs: lagMs,
    discoveryAgeMs: upstream.discoveryAgeMs(),
    cause,
  }
}

/** The error for the caller: what, where, whose fault, and the original as `cause`. */
export function callError(
  upstream: Upstream,
  log: AttemptLog | undefined,
  code: ErrorCode,
  fate: Fate,
  fault: Fault,
  cause: unknown,
): EvenkeelError {
  return new EvenkeelError(code, errorCodes[code].means, { ...callFacts(upstream, log, cause), fate, fault })
}
