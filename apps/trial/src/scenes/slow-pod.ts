/**
 * A pod that answers, but ten times as slowly as its siblings.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'
import { probePort } from '../stage/stage.ts'

const slowWorkMs = 50
const usualWorkMs = 5
const slowMs = 15_000

/** Nothing tells of it but the time that calls take. */
export const slowPod: Scene = {
  name: 'slow-pod',
  says: 'one pod takes ten times as long for every call, for 15 s',
  mayLose: 'nothing',
  run: async (stage) => {
    const { address } = await stage.pod()
    const work = (ms: number): Promise<Response> =>
      fetch(`http://${address}:${probePort}/work`, { method: 'POST', body: `${ms}` })
    await work(slowWorkMs)
    await wait(slowMs)
    await work(usualWorkMs)
    return undefined
  },
}
