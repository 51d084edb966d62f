import { crashSurvived, type Scene } from '../scene.ts'

/** One pod's process is stopped: its kernel still accepts connections, and nobody answers. It goes on later. */
export const frozenPod: Scene = {
  name: 'frozen-pod',
  says: 'one process is stopped with SIGSTOP for 5 s: it accepts and does not answer',
  seconds: 9,
  async run({ fleet, pass }) {
    const pod = fleet.pods[3] as (typeof fleet.pods)[number]
    fleet.freeze(pod)
    await pass(5)
    fleet.thaw(pod)
    await pass(4)
    return { port: pod.port }
  },
  checks: (recording, stretch) => crashSurvived('frozen-pod', recording, stretch),
}
