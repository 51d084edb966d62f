/**
 * What became of a Deployment at each moment, out of recordings.
 */
import type { Kinds } from '../../src/index.ts'
import { is } from './pod-states.ts'

/** How many pods were ready and not leaving, in each state. */
export function available(states: readonly (readonly Kinds['pods'][])[]): readonly number[] {
  return states.map(
    (pods) => pods.filter((pod) => pod.metadata?.deletionTimestamp === undefined && is(pod, 'Ready')).length,
  )
}

/** How many pods were asked for, in each state. */
export function wanted(states: readonly (readonly Kinds['replicasets'][])[]): readonly number[] {
  return states.map((sets) => sets.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0))
}
