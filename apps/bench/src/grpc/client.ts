/**
 * One round of one variant in a fresh process: a closed loop of unary calls, and the CPU time that the process used for each.
 */
import { setTimeout } from 'node:timers/promises'
import type { Client } from '@grpc/grpc-js'
import { answerParent } from '../child.ts'
import { asIs, emptyMessage } from './call.ts'
import { method, type VariantName, variants } from './variants.ts'

/** What a client is asked. */
export interface Task {
  readonly variant: VariantName
  readonly locators: readonly string[]
  readonly inFlight: number
  /** Answers until the compiler is done and the connections are open. */
  readonly warmUpCalls: number
  /** A client that has not got them by then is broken. */
  readonly longestWarmUpMs: number
  /** How long is measured. */
  readonly windowMs: number
}

/** What one round found. */
export interface Round {
  readonly calls: number
  /** Calls that failed; a round with one says nothing. */
  readonly failed: number
  /** User and system time of the whole process per call. */
  readonly cpuMicros: number
  /** The user part of it. */
  readonly userMicros: number
  /** Mean time from call to answer: in a closed loop the calls in flight over those per time (Little 1961). */
  readonly latencyMs: number
}

// Short beside a warm-up, and too seldom to cost anything.
const lookMs = 20

await answerParent(async (task: Task): Promise<Round> => {
  const { variant, locators, inFlight, windowMs } = task
  const counts = startLoop(variants[variant](locators, 'not repeatable'), inFlight)
  await warmUp(counts, task)
  const { done, failed } = counts
  const start = performance.now()
  const before = process.cpuUsage()
  await setTimeout(windowMs)
  const { user, system } = process.cpuUsage(before)
  const elapsed = performance.now() - start
  const calls = counts.done - done
  if (calls === 0) throw new Error(`${variant}: no call was answered, ${counts.failed} failed`)
  return {
    calls,
    failed: counts.failed - failed,
    cpuMicros: (user + system) / calls,
    userMicros: user / calls,
    latencyMs: (inFlight * elapsed) / calls,
  }
})

async function warmUp(counts: Counts, { variant, warmUpCalls, longestWarmUpMs }: Task): Promise<void> {
  const end = performance.now() + longestWarmUpMs
  while (counts.done < warmUpCalls) {
    if (performance.now() > end)
      throw new Error(`${variant}: ${counts.done} calls in ${longestWarmUpMs} ms, ${counts.failed} failed`)
    await setTimeout(lookMs)
  }
}

interface Counts {
  readonly done: number
  readonly failed: number
}

/** So many calls in flight, each answer followed by the next call. Runs until the process ends; the counts are live. */
function startLoop(client: Client, inFlight: number): Counts {
  const counts = { done: 0, failed: 0 }
  const next = (): void => {
    client.makeUnaryRequest(method, asIs, asIs, emptyMessage, (error) => {
      if (error === null) {
        counts.done++
        next()
      } else {
        counts.failed++
        // Not at once: a channel that refuses within the call would call itself for ever.
        setImmediate(next)
      }
    })
  }
  for (let started = 0; started < inFlight; started++) next()
  return counts
}
