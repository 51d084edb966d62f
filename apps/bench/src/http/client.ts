/**
 * One round of one variant in a fresh process: a closed loop of 32 requests, and the CPU time that the process used for each.
 */
import { setTimeout } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { answerParent } from '../child.ts'
import { type Variant, type VariantName, variants } from './variants.ts'

/** What a client is asked. */
export interface Task {
  readonly variant: VariantName
  readonly ports: readonly number[]
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
}

const inFlight = 32
// The compiler is done and the connections are open long before.
const warmUpMs = 1_000
// Tens of thousands of requests: a few percent of noise, which the pairing of rounds removes.
const windowMs = 2_000

await answerParent(async ({ variant, ports }: Task): Promise<Round> => {
  const counts = startLoop(variants[variant](ports))
  await setTimeout(warmUpMs)
  const { done, failed } = counts
  const before = process.cpuUsage()
  await setTimeout(windowMs)
  const { user, system } = process.cpuUsage(before)
  const requests = counts.done - done
  return {
    requests,
    failed: counts.failed - failed,
    cpuMicros: (user + system) / requests,
    userMicros: user / requests,
  }
})

/** Each answer is followed by the next request, until the process ends. */
function startLoop(variant: Variant): { readonly done: number; readonly failed: number } {
  const counts = { done: 0, failed: 0 }
  const options: Dispatcher.DispatchOptions = { path: '/', method: 'GET' }
  const next = (): void => {
    variant.dispatch(options, handler)
  }
  const failedOne = (): void => {
    counts.failed++
    // Not at once: a dispatcher that refuses synchronously would call itself for ever.
    setImmediate(next)
  }
  // Minimal, and one for all requests: what is measured is the dispatcher.
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, status) {
      if (status !== 200) counts.failed++
    },
    onResponseData() {},
    onResponseEnd() {
      counts.done++
      next()
    },
    onResponseError: failedOne,
  }
  for (let started = 0; started < inFlight; started++) next()
  return counts
}
