import { atMost, noGetLost, type Scene } from '../scene.ts'

const failingSeconds = 6

/** One pod answers everything with 503 at once, which makes it the fastest of all. */
export const failingPod: Scene = {
  name: 'failing-pod',
  says: 'one pod answers 503 at once, for 6 s',
  seconds: failingSeconds + 2,
  async run({ fleet, pass }) {
    const pod = fleet.pods[4] as (typeof fleet.pods)[number]
    const failing = Date.now()
    fleet.behave(pod, 'failing')
    await pass(failingSeconds)
    fleet.behave(pod, 'well')
    await pass(2)
    return { failing, port: pod.port }
  },
  checks(recording, stretch, { failing = 0, port = 0 }) {
    const share = recording.share(port, { from: failing + 1_000, to: failing + failingSeconds * 1_000 })
    return [
      noGetLost('failing-pod', recording, stretch),
      atMost(
        'failing-pod.share',
        'failing-pod: at most 0.5 % of attempts go there after the first second',
        0.005,
        share,
        'ratio',
      ),
    ]
  },
}
