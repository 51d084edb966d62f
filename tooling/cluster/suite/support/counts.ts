/**
 * What a Deployment's pods were at each moment, out of a recording.
 */
import type { Kinds } from '../../src/index.ts'
import { is } from './pod-states.ts'

/** Pods at one moment. */
export interface Counts {
  /** Those that are not leaving. */
  readonly pods: number
  /** Those of them that are ready. */
  readonly available: number
}

/** The counts of each state. */
export function countsOf(states: readonly (readonly Kinds['pods'][])[]): readonly Counts[] {
  return states.map((pods) => {
    const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    return { pods: staying.length, available: staying.filter((pod) => is(pod, 'Ready')).length }
  })
}
