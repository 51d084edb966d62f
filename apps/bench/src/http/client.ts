/**
 * One round of one variant in a fresh process: a closed loop, and the CPU time that the process used for each request.
 */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { answerParent } from '../child.ts'
import { startLoop } from './closed-loop.ts'
import type { Places } from './fleet.ts'
import { type VariantName, variants } from './variants.ts'

/** What a client is asked. */
export interface Task {
  readonly variant: VariantName
  readonly places: Places
  readonly inFlight: number
  /** Until the compiler is done and the connections are open. */
  readonly warmUpMs: number
  /** How long is measured. */
  readonly windowMs: number
}

/** What one round found. */
export interface Round {
  readonly requests: number
  /** Failed requests and answers other than 200; a round with one says nothing. */
  readonly failed: number
  /** User and system time of the whole process per request. */
  readonly cpuMicros: number
  /** The user part of it. */
  readonly userMicros: number
  /** The same of the hop's processes; 0 without one. */
  readonly hopMicros: number
  /** Mean time from request to answer: in a closed loop the requests in flight over those per time (Little 1961). Costs the client nothing. */
  readonly latencyMs: number
}

await answerParent(async ({ variant, places, inFlight, warmUpMs, windowMs }: Task): Promise<Round> => {
  const pids = variant === 'nginx' ? (places.hop?.pids ?? []) : []
  const counts = startLoop(variants[variant](places), inFlight)
  await setTimeout(warmUpMs)
  const { done, failed } = counts
  const hopBefore = processorMicros(pids)
  const start = performance.now()
  const before = process.cpuUsage()
  await setTimeout(windowMs)
  const { user, system } = process.cpuUsage(before)
  const elapsed = performance.now() - start
  const requests = counts.done - done
  if (requests === 0) throw new Error(`${variant}: no request was answered, ${counts.failed} failed`)
  return {
    requests,
    failed: counts.failed - failed,
    cpuMicros: (user + system) / requests,
    userMicros: user / requests,
    hopMicros: (processorMicros(pids) - hopBefore) / requests,
    latencyMs: (inFlight * elapsed) / requests,
  }
})

/** User and system time of other processes. proc(5) counts both in ticks, which Linux shows to programs as hundredths of a second. */
function processorMicros(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name and may hold anything; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) * 10_000
  }, 0)
}
