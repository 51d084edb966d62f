import { nothingLost, type Scene } from '../scene.ts'

const pods = 2

/** Two pods more. */
export const scaleUp: Scene = {
  name: 'scale-up',
  says: 'two pods more',
  seconds: 5,
  async run({ fleet, pass }) {
    for (let added = 0; added < pods; added++) await fleet.add()
    await pass(3)
    return {}
  },
  checks: (recording, stretch) => nothingLost('scale-up', recording, stretch),
}

/** The last two pods go, at the same time. */
export const scaleDown: Scene = {
  name: 'scale-down',
  says: 'two pods go at the same time, with a drain',
  seconds: 5,
  async run({ fleet, pass }) {
    await Promise.all(fleet.pods.slice(-pods).map((pod) => fleet.remove(pod)))
    await pass(3)
    return {}
  },
  checks: (recording, stretch) => nothingLost('scale-down', recording, stretch),
}
