/**
 * One round of one variant among many pods, in a fresh process: how soon the first call is answered, what V8's heap keeps for a pod, and how many
 * connections it takes to have so many calls in flight.
 */
import { setTimeout } from 'node:timers/promises'
import { answerParent } from '../child.ts'
import type { Backend } from './backend.ts'
import { callOnce } from './call.ts'
import { connectionsTo, locatorsOf } from './fleet.ts'
import { type VariantName, variants } from './variants.ts'

/** What a client is asked. */
export interface PodsTask {
  readonly variant: VariantName
  readonly backends: readonly Backend[]
  /** Calls that are made at the same time, once the first has been answered. */
  readonly concurrent: number
  /** How long such bursts are then made one after another. */
  readonly burstsMs: number
}

/** What one round found. */
export interface PodsRound {
  /** From the call that makes the channel until the first call is answered. */
  readonly firstCallMs: number
  /** What V8's heap keeps after the first call, per pod; whether it is connected is up to the variant. */
  readonly bytesPerPod: number
  /** Connections that the servers accepted for the first call. */
  readonly connectionsFirst: number
  /** The same after the first burst of calls, all together. */
  readonly connectionsBurst: number
  /** The same after bursts for a while, all together. */
  readonly connectionsLater: number
  readonly failed: number
}

// A first call may wait for 1,000 connections; one that takes longer is answered by nobody.
const deadlineMs = 30_000
// Connections that are under way when the call has been answered become established on loopback long before this is over.
const settleMs = 500

await answerParent(async ({ variant, backends, concurrent, burstsMs }: PodsTask): Promise<PodsRound> => {
  const locators = locatorsOf(backends)
  // Modules, code and the first objects of each kind are not what a pod costs: a channel of one pod makes them first.
  const first = variants[variant](locators.slice(0, 1), 'not repeatable')
  const alone = await callOnce(first, deadlineMs)
  if (alone.kind === 'failed') throw new Error(`${variant}: one pod alone fails with ${alone.code}`)
  const before = heapBytes()
  const connectionsBefore = await connectionsTo(backends)
  const connections = async (): Promise<number> => {
    await setTimeout(settleMs)
    return (await connectionsTo(backends)) - connectionsBefore
  }
  const start = performance.now()
  const client = variants[variant](locators, 'not repeatable')
  const burst = async (calls: number): Promise<number> =>
    (await Promise.all(Array.from({ length: calls }, () => callOnce(client, deadlineMs)))).filter(
      ({ kind }) => kind === 'failed',
    ).length
  let failed = await burst(1)
  const firstCallMs = performance.now() - start
  const connectionsFirst = await connections()
  const bytesPerPod = (heapBytes() - before) / locators.length
  failed += await burst(concurrent)
  const connectionsBurst = await connections()
  const end = performance.now() + burstsMs
  while (performance.now() < end) failed += await burst(concurrent)
  return { firstCallMs, bytesPerPod, connectionsFirst, connectionsBurst, connectionsLater: await connections(), failed }
})

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  // Finalizers and weak references need a second one.
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
