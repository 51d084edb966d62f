/**
 * More pods for those who call: who finds them, and when.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'
import { replicas } from '../stage/stage.ts'

// A connection that ended makes grpc-js ask cluster DNS anew, but not before 30 s after the last time. That is over when the new pods come.
const quietMs = 32_000
// Whoever has not called a pod by then does not know of it.
const lookMs = 20_000

/** What scale-ups are for. */
export const scaleUp: Scene = {
  name: 'scale-up',
  says: 'kubectl scale: to 2, and half a minute later to 6',
  mayLose: 'nothing',
  bringsMany: true,
  run: async (stage) => {
    await stage.scale(2)
    await wait(quietMs)
    await stage.scale(6)
    await wait(lookMs)
    await stage.scale(replicas)
    return undefined
  },
}
