import { nothingLost, type Scene } from '../scene.ts'

/** All pods are replaced in turn, each by a new one at the same address. */
export const rollingRestart: Scene = {
  name: 'rolling restart',
  seconds: 16,
  async run({ fleet, pass }) {
    for (const pod of [...fleet.pods]) {
      await fleet.replace(pod)
      // A rollout goes on when the new pod is known to be ready.
      await pass(0.6)
    }
    await pass(1)
    return {}
  },
  checks: (recording, stretch) => nothingLost('rolling restart', recording, stretch),
}
