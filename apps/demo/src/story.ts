/**
 * The story: which scenes there are, and which of them fit into the time.
 */
import type { Scene } from './scene.ts'
import { failingPod } from './scenes/failing-pod.ts'
import { frozenPod } from './scenes/frozen-pod.ts'
import { killedPod } from './scenes/killed-pod.ts'
import { rollingRestart } from './scenes/rolling-restart.ts'
import { scaleDown, scaleUp } from './scenes/scaling.ts'
import { slowPod } from './scenes/slow-pod.ts'

/** All scenes in their order, the most important first, since a short run plays what fits. A pod that was shut in one does not matter to the next, since each takes another pod. */
export const scenes: readonly Scene[] = [rollingRestart, slowPod, killedPod, frozenPod, failingPod, scaleUp, scaleDown]

/** Everything is well: the first connections are made and the first latencies measured. */
export const warmUpSeconds = 3
/** Before each scene does something, since a request that is under way then was due a little earlier and belongs to it. A slow one takes 0.2 s. */
export const leadInSeconds = 0.25
/** After the last scene, without new requests: for answers that are still owed (usually none), and the last reports. */
export const endSeconds = 1
export const leastSeconds = 20
export const fullSeconds = 90

/** What a run of so many seconds plays. */
export interface Plan {
  readonly seconds: number
  readonly scenes: readonly Scene[]
  /** Names of the scenes that did not fit. */
  readonly leftOut: readonly string[]
  /** Seconds without anything between two scenes. */
  readonly pauseSeconds: number
}

/** Takes scenes in order as long as they fit. What is left over becomes pauses, so that a full run takes its time. */
export function planStory(seconds: number): Plan {
  let left = seconds - warmUpSeconds - endSeconds
  const played: Scene[] = []
  const leftOut: string[] = []
  for (const scene of scenes) {
    const needed = leadInSeconds + scene.seconds
    if (needed <= left) {
      played.push(scene)
      left -= needed
    } else leftOut.push(scene.name)
  }
  return { seconds, scenes: played, leftOut, pauseSeconds: left / played.length }
}
