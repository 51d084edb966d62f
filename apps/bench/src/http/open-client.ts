/**
 * One round of one variant in a fresh process: an open loop, and how long its answers took.
 */
import { seededRandom } from '@evenkeel/core/testing'
import { answerParent } from '../child.ts'
import { quantile } from '../statistics.ts'
import type { Places } from './fleet.ts'
import { openLoop, poissonArrivals, type Sample } from './open-loop.ts'
import { type VariantName, variants } from './variants.ts'

/** What a client is asked. */
export interface OpenTask {
  readonly variant: VariantName
  readonly places: Places
  /** Mean rate of the arrivals. */
  readonly perSecond: number
  /** Seed of the arrivals; the same for all variants of a round. */
  readonly seed: number
  /** The first part, sent and not counted. */
  readonly warmUpMs: number
  /** The part that is counted. */
  readonly windowMs: number
  /** How long the last answers are waited for. */
  readonly patienceMs: number
  /** The body by which the slow backend is known. */
  readonly slowBody: string
}

/** What one round found. */
export interface OpenRound {
  readonly requests: number
  /** Failed, answered by another status than 200, or not answered in time. Their latencies count as well. */
  readonly failed: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Share of the answers that came from the slow backend, 0 to 1. */
  readonly slowShare: number
  /** How late the sender itself was, at its own p99: more than a few ms, and the machine was too busy. */
  readonly lateP99Ms: number
}

await answerParent(async (task: OpenTask): Promise<OpenRound> => {
  const { variant, places, perSecond, seed, warmUpMs, windowMs, patienceMs } = task
  const arrivals = poissonArrivals({ perSecond, untilMs: warmUpMs + windowMs }, seededRandom(seed))
  const samples = await openLoop(variants[variant](places), arrivals, patienceMs)
  return summary(
    samples.filter(({ dueMs }) => dueMs >= warmUpMs),
    task.slowBody,
  )
})

function summary(samples: readonly Sample[], slowBody: string): OpenRound {
  const latencies = samples.map(({ latencyMs }) => latencyMs)
  return {
    requests: samples.length,
    failed: samples.filter(({ body }) => body === undefined).length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    slowShare: samples.filter(({ body }) => body === slowBody).length / samples.length,
    lateP99Ms: quantile(
      samples.map(({ lateMs }) => lateMs),
      0.99,
    ),
  }
}
