/**
 * The states of the slices, each with the time at which it came.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from '@evenkeel/cluster'
import { podsIn, type SeenSlice, type TruthState } from '../recording/truth.ts'

// As good as never, and what a timer can hold.
const neverMs = 2 ** 31 - 1
const againMs = 250

/** A record of slices, of which there is more and more until it is disposed. */
export interface Truth extends Disposable {
  readonly states: readonly TruthState[]
}

/** Which slices. */
interface SlicesQuery {
  readonly kind: 'endpointslices'
  readonly namespace: string
  readonly labelSelector: string
}

/** Starts one. The API server's watch is followed through its restarts, and begun anew where that is not possible. */
export async function startTruth(cluster: Cluster, query: SlicesQuery): Promise<Truth> {
  const states: TruthState[] = []
  let recording = await cluster.objects.record(query)
  let isOver = false
  const follow = async (): Promise<void> => {
    let seen = 0
    const take = (all: readonly (readonly SeenSlice[])[]): boolean => {
      for (; seen < all.length; seen++) states.push({ at: performance.now(), pods: podsIn(all[seen] ?? []) })
      return false
    }
    await recording.until(take, { deadlineMs: neverMs, what: 'the end of the trial' })
  }
  const run = async (): Promise<void> => {
    while (!isOver) {
      // Ends with a version that the API server has forgotten.
      await follow().catch(() => {})
      recording[Symbol.dispose]()
      while (!isOver) {
        try {
          recording = await cluster.objects.record(query)
          break
        } catch {
          await wait(againMs)
        }
      }
    }
    recording[Symbol.dispose]()
  }
  void run()
  return {
    states,
    [Symbol.dispose]: () => {
      isOver = true
      recording[Symbol.dispose]()
    },
  }
}
