import { atMost, type Scene } from '../scene.ts'

const failingSeconds = 6

/** One pod answers everything with 503 at once, which makes it the fastest of all. */
export const failingPod: Scene = {
  name: 'failing pod',
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
      atMost(
        'demo.failing-pod.lost-get',
        'failing pod: no GET is lost',
        0,
        recording.figures(stretch).lostGet,
        'requests',
      ),
      atMost(
        'demo.failing-pod.share',
        'failing pod: after the first second at most 0.5 % of attempts go there',
        0.005,
        share,
        'ratio',
      ),
    ]
  },
}
