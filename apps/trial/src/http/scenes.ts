/**
 * The scenes of HTTP: everything that can happen to pods and to the API server.
 */
import type { Scene } from '../scene.ts'
import { compaction, halfOpen, outage, serverRestart } from '../scenes/api-server.ts'
import { deleted, frozen, killed } from '../scenes/crashes.ts'
import { goaway } from '../scenes/goaway.ts'
import { bindingRemoved, tokenRevoked } from '../scenes/permissions.ts'
import { readinessFlap, relabelled } from '../scenes/pods.ts'
import { rollout, scaling, watchListOff } from '../scenes/rollouts.ts'
import { serviceRecreated } from '../scenes/service.ts'

/** In the order in which they are played. */
export const scenes: readonly Scene[] = [
  rollout,
  scaling,
  readinessFlap,
  deleted,
  killed,
  frozen,
  relabelled,
  outage,
  serverRestart,
  compaction,
  tokenRevoked,
  bindingRemoved,
  serviceRecreated,
  halfOpen,
  watchListOff,
  goaway,
]

/** For every change of the repository: a minute or two. */
export const ciScenes: readonly Scene[] = [rollout, outage]
