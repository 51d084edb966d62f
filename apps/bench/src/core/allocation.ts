/**
 * How many bytes a choice and a whole pick allocate.
 *
 * Method: V8 counts the bytes handed out on its heap exactly (`used_heap_size` grows by 56 for an object of 56 bytes), as long as no
 * collection takes any back. So this runs in a process whose young generation holds all that a measurement allocates
 * (`heapNodeOptions`), collects before each, counts over a million operations of optimised code, and throws the measurement away if a
 * `gc` entry falls into it. Rounding comes from the few turns of the event loop in between and from the counting itself: below 0.2 bytes.
 *
 * Choosing is given a constant moment. The pick path reads the system's clock, so a boxed time would be seen.
 */

import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import type { Balancer } from '@evenkeel/core'
import { plainCall } from '@evenkeel/core/testing'
import { type Spread, spread } from '../statistics.ts'
import { inBatches } from './batches.ts'
import { answerSlowly, inFlight, openSubject, type PolicyName, wholePicks } from './subject.ts'

/** Options of Node for the process that measures: 256 MB that are not collected, room for 256 bytes an operation. */
export const heapNodeOptions: readonly string[] = [
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
  // Else an idle turn of the event loop would collect a young generation that is 80 % full.
  '--no-minor-gc-task',
  '--expose-gc',
]

/** Bytes of one policy at one size. */
export interface Allocation {
  readonly policy: PolicyName
  readonly peers: number
  readonly choose: Spread
  readonly pick: Spread
  /** The object that a pick is, without anything beside it. */
  readonly handle: Spread
}

/** The sizes measured. V8 compiled the default policy in one way up to some hundred peers and in another from 1,000 on. */
export const allocationSizes: readonly number[] = [100, 1_000, 10_000]

const repeats = 7
// A million, and a multiple of the picks open at once.
const operations = 31_250 * inFlight
// A measurement that was collected into is repeated; more often than this, and something is wrong with the method.
const maxTries = 20

/** Measures one policy at one size. */
export async function measureAllocation(policy: PolicyName, peers: number): Promise<readonly Allocation[]> {
  const subject = openSubject(policy, peers)
  const { balancer, chooser } = subject
  const moment = { now: performance.now() }
  const batch = (count: number): void => wholePicks(balancer, count)
  const picks = (): Promise<void> => inBatches({ batch, batchSize: 300 * inFlight }, operations)
  const chooses = async (): Promise<void> => {
    for (let done = 0; done < operations; done++) chooser.choose(plainCall, moment)
  }
  await picks()
  const pick = await bytesPerOperation(picks)
  await answerSlowly(balancer, peers)
  await chooses()
  const choose = await bytesPerOperation(chooses)
  // Last: it makes picks of nothing, from which the compiler must not learn.
  const handle = await bytesPerHandle(balancer)
  await subject[Symbol.asyncDispose]()
  return [{ policy, peers, choose, pick, handle }]
}

async function bytesPerHandle(balancer: Balancer): Promise<Spread> {
  const { constructor: Handle } = balancer.pick(plainCall) as unknown as { readonly constructor: new () => object }
  // What is put down somewhere has to be made.
  const kept: object[] = []
  const handles = async (): Promise<void> => {
    for (let done = 0; done < operations; done++) kept[done % inFlight] = new Handle()
  }
  await handles()
  return bytesPerOperation(handles)
}

async function bytesPerOperation(millionTimes: () => Promise<void>): Promise<Spread> {
  const collections: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) collections.push(startTime)
  })
  observer.observe({ entryTypes: ['gc'] })
  const bytes: number[] = []
  for (let tries = 0; bytes.length < repeats; tries++) {
    if (tries === maxTries) throw new Error('the garbage collector fell into every measurement')
    // A collection of the young generation: a full one may throw optimised code away.
    globalThis.gc?.({ type: 'minor' })
    const start = performance.now()
    const before = getHeapStatistics().used_heap_size
    await millionTimes()
    const after = getHeapStatistics().used_heap_size
    const end = performance.now()
    // Entries arrive in a later turn of the event loop.
    await setImmediate()
    await setImmediate()
    if (!collections.some((at) => at >= start && at <= end)) bytes.push((after - before) / operations)
  }
  observer.disconnect()
  return spread(bytes)
}
