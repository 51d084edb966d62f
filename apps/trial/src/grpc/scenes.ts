/**
 * The scenes of gRPC: what happens to pods and to connections. What happens to the API server is the same for every protocol, and HTTP plays it.
 */
import type { Scene } from '../scene.ts'
import { connectionAge } from '../scenes/connection-age.ts'
import { deleted, frozen, killed } from '../scenes/crashes.ts'
import { rollout } from '../scenes/rollouts.ts'
import { scaleUp } from '../scenes/scale-up.ts'
import { slowPod } from '../scenes/slow-pod.ts'

/** In the order in which they are played. */
export const scenes: readonly Scene[] = [rollout, scaleUp, deleted, killed, frozen, slowPod, connectionAge]

/** For every change of the repository: a minute or two. */
export const ciScenes: readonly Scene[] = [rollout]
