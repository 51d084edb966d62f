/**
 * The API server of a cluster, as the rules of the watch protocol want it: with a namespace and a service account for one rule, behind a door.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, Refusal } from '@evenkeel/cluster'
import { systemClock } from '@evenkeel/core'
import type { RealServer } from '../conformance/real-world.ts'
import { Relay } from './relay.ts'

const account = 'watcher'
const role = 'watches-slices'

/** The server for one rule. */
export async function watchServer(
  cluster: Cluster,
  namespace: string,
): Promise<RealServer & { readonly relay: Relay }> {
  const { objects } = cluster
  const { hostname, port } = new URL(cluster.server)
  await objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await objects.apply(rights(namespace), namespace)
  const relay = await Relay.open(hostname, Number(port))
  const answersTo = async (token: string): Promise<number> => {
    try {
      await objects.as(token).list({ kind: 'endpointslices', namespace })
      return 200
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
  /** The API server remembers tokens for 10 s, and hears of roles a little later than whoever wrote them. */
  const answers = async (token: string, code: number): Promise<void> => {
    while ((await answersTo(token)) !== code) await new Promise<void>((resolve) => systemClock.wake(50, resolve))
  }
  const restart = async (change: () => Promise<void> = async () => {}): Promise<void> => {
    const server = cluster.component('kube-apiserver')
    await change()
    await server.stop()
    await server.start()
    await answers(made.token, 200)
  }
  const made: RealServer & { readonly relay: Relay } = {
    relay,
    url: `https://${hostname}:${relay.port}`,
    certificateAuthority: readFileSync(join(cluster.folder, 'pki/apiserver.crt'), 'utf8'),
    namespace,
    token: await objects.token(account, namespace),
    get connections() {
      return relay.size
    },
    async apply({ metadata, ...slice }) {
      const { name, labels, annotations } = metadata ?? {}
      await objects.apply(
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name, namespace, labels, annotations },
          ...slice,
        },
        namespace,
      )
    },
    remove: (name) => objects.remove({ kind: 'endpointslices', namespace, name }),
    cut: async () => relay.cut(),
    freeze: () => relay.freeze(),
    thaw: () => relay.thaw(),
    door: (door) => relay.door(door),
    // It comes by itself.
    bookmark: async () => {},
    async expire(change) {
      await relay.door('refusing')
      await restart(change)
      await relay.door('open')
    },
    restart: () => restart(),
    async replaceToken() {
      const { token } = made
      await objects.remove({ kind: 'serviceaccounts', namespace, name: account })
      await objects.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } }, namespace)
      const next = await objects.token(account, namespace)
      await answers(token, 401)
      return next
    },
    async forbid() {
      await objects.remove({ kind: 'rolebindings', namespace, name: role })
      await answers(made.token, 403)
    },
    async permit(manifest) {
      await cluster.kubectl(['apply', '-f', '-'], manifest)
      await answers(made.token, 200)
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]()
      await objects.remove({ kind: 'namespaces', name: namespace })
    },
  }
  await answers(made.token, 200)
  return made
}

function rights(namespace: string): readonly object[] {
  const group = 'rbac.authorization.k8s.io'
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } },
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: { name: role },
      rules: [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: role },
      roleRef: { apiGroup: group, kind: 'Role', name: role },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  ]
}
