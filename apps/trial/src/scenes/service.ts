/**
 * A Service that is not there for a while.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'
import { namespace } from '../stage/stage.ts'

// It is really gone, for everybody.
const goneMs = 2_000
// From the slices to calls: ours are told at once, kube-proxy within its second.
const knownMs = 1_000

/** The same ClusterIP afterwards, so that the plain client has a chance. */
export const serviceRecreated: Scene = {
  name: 'service-recreated',
  says: 'the Service is deleted and made again with its address',
  mayLose: 'nothing',
  run: async (stage) => {
    const { objects } = stage.cluster
    const service = { kind: 'services', namespace, name: stage.app.name } as const
    const { metadata, spec } = await objects.get(service)
    await objects.remove(service)
    await stage.until((pods) => pods.size === 0, 'no slice has a pod')
    await wait(goneMs)
    const { name, labels } = metadata ?? {}
    await objects.apply([{ apiVersion: 'v1', kind: 'Service', metadata: { name, labels, namespace }, spec }] as never)
    await stage.settle()
    await wait(knownMs)
    return performance.now()
  },
}
