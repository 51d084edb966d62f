/**
 * One variant under one fault, in a fresh process: an open loop of calls with a deadline, one server of several goes bad while it runs, and what
 * callers get from then on.
 */
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '@evenkeel/core/testing'
import { startOpenLoop } from '@evenkeel/tooling/open-loop'
import { answerParent } from '../../child.ts'
import type { Backend } from '../backend.ts'
import { callOnce } from '../call.ts'
import { locatorsOf, reportOf } from '../fleet.ts'
import { type VariantName, variants } from '../variants.ts'
import { type FaultRound, type Sample, summary } from './summary.ts'

/** What a client is asked. */
export interface FaultTask {
  readonly variant: VariantName
  /** The one that goes bad. It is the first in the list of the client, so that pick_first is on it. */
  readonly bad: Backend
  readonly good: readonly Backend[]
  /** What makes it bad. */
  readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGUSR2'
  /** The message by which the answers of the bad one are known. */
  readonly badMessage: string
  /** Mean rate of the arrivals. */
  readonly perSecond: number
  /** Seed of the arrivals; the same for all variants of a round. */
  readonly seed: number
  readonly deadlineMs: number
  /** All servers are good. */
  readonly warmUpMs: number
  /** From the signal on; all of it is counted. */
  readonly windowMs: number
}

await answerParent(async (task: FaultTask): Promise<FaultRound> => {
  const { variant, bad, good, perSecond, seed, deadlineMs } = task
  const client = variants[variant](locatorsOf([bad, ...good]), 'repeatable')
  const samples: Sample[] = []
  const loop = startOpenLoop<Sample>({
    requestsPerSecond: perSecond,
    random: seededRandom(seed),
    send: async (dueAt) => {
      const sentAt = performance.now()
      const answered = await callOnce(client, deadlineMs)
      return { lateMs: sentAt - dueAt, latencyMs: performance.now() - dueAt, endedAt: Date.now(), answered }
    },
    record: (sample) => samples.push(sample),
  })
  await setTimeout(task.warmUpMs)
  const brokenAt = Date.now()
  process.kill(bad.pid, task.signal)
  await setTimeout(task.windowMs)
  await loop.stop()
  return summary(samples, {
    brokenAt,
    badMessage: task.badMessage,
    good: (await Promise.all(good.map(reportOf))).flatMap(({ arrivals }) => arrivals),
    // A server that is dead or stopped tells nothing.
    bad: task.signal === 'SIGUSR2' ? (await reportOf(bad)).arrivals : undefined,
  })
})
