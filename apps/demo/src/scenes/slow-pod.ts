import type { Recording } from '../recording/recording.ts'
import { atMost, type Scene } from '../scene.ts'

const slowSeconds = 10
const healSeconds = 6
// A share is taken over a second, which is some 300 requests, in steps of a quarter.
const windowMs = 1_000
const stepMs = 250

/** One pod takes ten times as long, then is well again. */
export const slowPod: Scene = {
  name: 'slow-pod',
  says: 'one pod takes ten times as long for 10 s, then is well again',
  seconds: slowSeconds + healSeconds,
  async run({ fleet, pass }) {
    const pod = fleet.pods[1] as (typeof fleet.pods)[number]
    const slowed = Date.now()
    fleet.behave(pod, 'slow')
    await pass(slowSeconds)
    const healed = Date.now()
    fleet.behave(pod, 'well')
    await pass(healSeconds)
    return { slowed, healed, port: pod.port, pods: fleet.pods.length }
  },
  checks(recording, _stretch, { slowed = 0, healed = 0, port = 0, pods = 1 }) {
    const share = recording.share(port, { from: slowed + 2_000, to: slowed + slowSeconds * 1_000 })
    const backMs = timeToHalfShare(recording, port, healed, 1 / pods)
    return [
      atMost('slow-pod.share', 'slow-pod: at most 2 % of attempts go there in seconds 2 to 10', 0.02, share, 'ratio'),
      atMost(
        'slow-pod.back',
        'slow-pod: it has half its fair share again within 5 s of healing',
        5,
        backMs / 1_000,
        's',
      ),
    ]
  },
}

/** End of the first second after `healed` in which the pod had half its fair share; Infinity if there is none. */
function timeToHalfShare(recording: Recording, port: number, healed: number, fair: number): number {
  for (let from = 0; from + windowMs <= healSeconds * 1_000; from += stepMs) {
    const stretch = { from: healed + from, to: healed + from + windowMs }
    if (recording.share(port, stretch) >= fair / 2) return from + windowMs
  }
  return Number.POSITIVE_INFINITY
}
