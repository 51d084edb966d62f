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

/** All scenes in their order. A pod that was shut in one does not matter to the next, since each takes another pod. */
export const scenes: readonly Scene[] = [rollingRestart, slowPod, killedPod, frozenPod, failingPod, scaleUp, scaleDown]

/** Everything is well: the first connections are made and the first latencies measured. */
export const warmUpSeconds = 3
/** After the last scene, for the answers that are still owed. */
export const endSeconds = 1
export const leastSeconds = 20
export const fullSeconds = 90

/** What a run of so many seconds plays. */
export interface Plan {
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
    if (scene.seconds <= left) {
      played.push(scene)
      left -= scene.seconds
    } else leftOut.push(scene.name)
  }
  return { scenes: played, leftOut, pauseSeconds: left / played.length }
}
