/**
 * A process that ends or stops without a word.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'
import { namespace } from '../stage/stage.ts'

// Longer than any attempt, and too short for a probe of liveness.
const frozenMs = 10_000
// Probes of readiness find a frozen pod within this, and then the slice has to say that it is well again.
const noticedMs = 6_000

/** No grace: the object goes at once, the process a moment later. */
export const deleted: Scene = {
  name: 'deleted',
  says: 'kubectl delete pod --grace-period=0 --force',
  mayLose: 'in-flight',
  run: async (stage) => {
    const { name } = await stage.pod()
    await stage.kubectl('delete', 'pod', name, '--grace-period=0', '--force')
    await stage.settle(undefined, new Set([name]))
    return undefined
  },
}

/** The kernel ends it, and kubelet starts it again. */
export const killed: Scene = {
  name: 'killed',
  says: 'SIGKILL to the process of one pod',
  mayLose: 'in-flight',
  run: async (stage) => {
    const { name, address } = await stage.pod()
    await stage.cluster.signal(name, 'SIGKILL', { namespace })
    await stage.until((pods) => pods.get(address) === 'unready', `${address} is unready`)
    await stage.settle()
    return undefined
  },
}

/** It listens and does not answer. */
export const frozen: Scene = {
  name: 'frozen',
  says: 'SIGSTOP to the process of one pod, SIGCONT 10 s later',
  mayLose: 'in-flight',
  run: async (stage) => {
    const { name } = await stage.pod()
    await stage.cluster.signal(name, 'SIGSTOP', { namespace })
    try {
      await wait(frozenMs)
    } finally {
      await stage.cluster.signal(name, 'SIGCONT', { namespace })
    }
    await wait(noticedMs)
    await stage.settle()
    return undefined
  },
}
