/**
 * A pod that others take away or that is not well, while its process serves.
 */
import { cut } from '@evenkeel/cluster'
import type { Scene } from '../scene.ts'
import { probePort } from '../stage/stage.ts'

/** Probes of one pod are not answered for a while. */
export const readinessFlap: Scene = {
  name: 'readiness-flap',
  says: 'one pod does not hear its probes until it is unready, and then again',
  mayLose: 'nothing',
  run: async (stage) => {
    const { address } = await stage.pod()
    const fault = await cut('0.0.0.0/0', address, { port: probePort, protocol: 'tcp' })
    try {
      await stage.until((pods) => pods.get(address) === 'unready', `${address} is unready`)
    } finally {
      await fault.mend()
    }
    await stage.settle()
    return undefined
  },
}

/** A pod that its Service does not select any more. It runs on. */
export const relabelled: Scene = {
  name: 'relabelled',
  says: 'one pod gets another label, so that the Service does not select it any more',
  mayLose: 'nothing',
  run: async (stage) => {
    const { name, address } = await stage.pod()
    await stage.kubectl('label', 'pod', name, '--overwrite', 'app.kubernetes.io/name=retired')
    await stage.until((pods) => !pods.has(address), `${address} is in no slice`)
    await stage.settle()
    await stage.kubectl('delete', 'pod', name)
    return undefined
  },
}
