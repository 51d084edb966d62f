/**
 * What callers got from the moment at which one server went bad.
 */

import { quantile } from '../../statistics.ts'
import type { Answered } from '../call.ts'

/** What became of one call. */
export interface Sample {
  /** How late it was made: the sender's own part. */
  readonly lateMs: number
  /** From the scheduled time to the answer or the error. */
  readonly latencyMs: number
  /** In ms since the epoch. */
  readonly endedAt: number
  readonly answered: Answered
}

/** What is known besides; times in ms since the epoch. */
export interface Seen {
  readonly brokenAt: number
  readonly badMessage: string
  /** When attempts came to the good servers. */
  readonly good: readonly number[]
  /** When attempts came to the bad one; undefined if it cannot tell. */
  readonly bad: readonly number[] | undefined
}

/** What one round found. */
export interface FaultRound {
  /** Calls that ended after the server went bad, those that were under way among them. */
  readonly calls: number
  readonly failed: number
  /** How many failed with which status. */
  readonly codes: Readonly<Record<string, number>>
  /** Latency of these calls, of those that failed too. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Share of the answers that came from the bad server, 0 to 1. */
  readonly badAnswers: number
  /** Share of the attempts that came to the bad server in its first seconds, 0 to 1; null if it cannot tell. */
  readonly badAttempts: number | null
  /** How late the sender itself was, at its own p99: more than a few ms, and the machine was too busy. */
  readonly lateP99Ms: number
}

/** The bound of attempts holds for this long: time to notice. */
export const firstMs = 4_000

/** Counts from the moment at which the server went bad. */
export function summary(samples: readonly Sample[], { brokenAt, badMessage, good, bad }: Seen): FaultRound {
  const counted = samples.filter(({ endedAt }) => endedAt >= brokenAt)
  const latencies = counted.map(({ latencyMs }) => latencyMs)
  const messages = counted.flatMap(({ answered }) => (answered.kind === 'good' ? [answered.message] : []))
  const first = (times: readonly number[]): number =>
    times.filter((time) => time >= brokenAt && time < brokenAt + firstMs).length
  return {
    calls: counted.length,
    failed: counted.length - messages.length,
    codes: codesOf(counted),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    badAnswers: share(messages.filter((message) => message === badMessage).length, messages.length),
    badAttempts: bad === undefined ? null : share(first(bad), first(bad) + first(good)),
    lateP99Ms: quantile(
      counted.map(({ lateMs }) => lateMs),
      0.99,
    ),
  }
}

function codesOf(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const codes: Record<string, number> = {}
  for (const { answered } of samples)
    if (answered.kind === 'failed') codes[answered.code] = (codes[answered.code] ?? 0) + 1
  return codes
}

/** None of nothing is none. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
