/**
 * All scenes, and which of them are asked for.
 */
import type { Scene } from './scene.ts'
import { compaction, halfOpen, outage, serverRestart } from './scenes/api-server.ts'
import { deleted, frozen, killed } from './scenes/crashes.ts'
import { goaway } from './scenes/goaway.ts'
import { bindingRemoved, tokenRevoked } from './scenes/permissions.ts'
import { readinessFlap, relabelled } from './scenes/pods.ts'
import { rollout, scaling, watchListOff } from './scenes/rollouts.ts'
import { serviceRecreated } from './scenes/service.ts'

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

/** Scenes that share a cluster. */
export interface Act {
  readonly flags: NonNullable<Scene['flags']>
  readonly scenes: readonly Scene[]
}

/** One act for all that need nothing, and one for each scene that needs a cluster of its own. */
export function actsOf(chosen: readonly Scene[]): readonly Act[] {
  const shared = chosen.filter(({ flags }) => flags === undefined)
  const own = chosen.flatMap((scene) => (scene.flags === undefined ? [] : [{ flags: scene.flags, scenes: [scene] }]))
  return shared.length === 0 ? own : [{ flags: {}, scenes: shared }, ...own]
}
