import { nothingLost, type Scene } from '../scene.ts'

/** All pods are replaced in turn, each by a new one at the same address. */
export const rollingRestart: Scene = {
  name: 'rolling-restart',
  says: 'all pods are replaced in turn: SIGTERM, drain, a new pod at the same address',
  // Six times 1 s of lame duck, 0.6 s for the news and some 0.6 s for a new process.
  seconds: 15,
  async run({ fleet, pass }) {
    for (const pod of [...fleet.pods]) {
      await fleet.replace(pod)
      // A rollout goes on when the new pod is known to be ready.
      await pass(0.6)
    }
    return {}
  },
  checks: (recording, stretch) => nothingLost('rolling-restart', recording, stretch),
}
