import { crashSurvived, type Scene } from '../scene.ts'

/** One pod's process is killed without a word; discovery says nothing, and the container is restarted in its place. */
export const killedPod: Scene = {
  name: 'killed-pod',
  says: 'one process is killed with SIGKILL and restarted after 3 s',
  seconds: 6,
  async run({ fleet, pass }) {
    const pod = fleet.pods[2] as (typeof fleet.pods)[number]
    fleet.kill(pod)
    await pass(3)
    await fleet.restart(pod)
    await pass(2)
    return { port: pod.port }
  },
  checks: (recording, stretch) => crashSurvived('killed-pod', recording, stretch),
}
