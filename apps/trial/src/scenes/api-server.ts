/**
 * An API server that is away, comes back, or has forgotten something.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { cut } from '@evenkeel/cluster'
import type { Scene } from '../scene.ts'
import { namespace } from '../stage/stage.ts'
import { compact } from './compact.ts'

/** Nobody can say what happens to pods, and something does. */
export const outage: Scene = {
  name: 'outage',
  says: 'no API server; meanwhile a pod dies, and its kubelet does not start it again',
  mayLose: 'in-flight',
  run: async (stage, _, { outageSeconds }) => {
    const { name, node } = await stage.pod()
    const [, number] = /^node-(\d+)$/.exec(node) ?? []
    const kubelet = stage.cluster.component(`process-kubelet-${Number(number)}`)
    const beforeMs = (outageSeconds * 1_000) / 4
    const dying = await stage.cluster.processId(name, { namespace })
    await stage.restartServer(async () => {
      await wait(beforeMs)
      kubelet.signal('SIGSTOP')
      process.kill(dying, 'SIGKILL')
      await wait(outageSeconds * 1_000 - beforeMs)
    })
    kubelet.signal('SIGCONT')
    await stage.settle()
    return undefined
  },
}

/** As short as it gets. */
export const serverRestart: Scene = {
  name: 'server-restart',
  says: 'the API server ends and is started again, then a rollout',
  mayLose: 'nothing',
  run: async (stage) => {
    await stage.restartServer()
    await stage.restart()
    return undefined
  },
}

/** The version that we know is one that nobody has any more. */
export const compaction: Scene = {
  name: 'compaction',
  says: 'etcd forgets all versions while there is no API server, so that a watch cannot go on; then a rollout',
  mayLose: 'nothing',
  run: async (stage, ours) => {
    const { observations } = ours.stream
    await stage.restartServer(compact)
    await ours.until((stream) => stream.observations > observations, 'everything is looked at anew')
    await stage.restart()
    return undefined
  },
}

/** Packets of all connections to the API server vanish, and no side is told. */
export const halfOpen: Scene = {
  name: 'half-open',
  says: 'packets to and from the API server vanish until our client notices, then a rollout',
  mayLose: 'nothing',
  run: async (stage, ours) => {
    const server = new URL(stage.cluster.server)
    const fault = await cut('0.0.0.0/0', server.hostname, { port: Number(server.port), protocol: 'tcp' })
    try {
      await ours.until(({ failures }) => failures > 0, 'the connection is taken for dead')
    } finally {
      await fault.mend()
    }
    await ours.until(({ phase }) => phase === 'live', 'it gets on')
    await stage.restart()
    return undefined
  },
}
