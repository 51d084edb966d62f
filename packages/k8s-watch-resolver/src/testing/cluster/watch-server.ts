/**
 * The API server of a cluster, as the rules of the watch protocol want it: with a namespace and a service account for one rule, behind a door.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, Refusal } from '@evenkeel/cluster'
import { systemClock } from '@evenkeel/core'
import type { RealServer } from '../conformance/real-world.ts'
import { Relay } from './relay.ts'

// As rbac.yaml has them.
const accountName = 'storefront'
const role = 'evenkeel-endpointslices'

/** A real API server and the door in front of it. */
export interface WatchedServer extends RealServer {
  /** The door. */
  readonly relay: Relay
}

/** The server for one rule. */
export async function watchServer(cluster: Cluster, namespace: string): Promise<WatchedServer> {
  const { objects } = cluster
  const { hostname, port } = new URL(cluster.server)
  await objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await objects.apply(rights(namespace), namespace)
  const relay = await Relay.open(hostname, Number(port))
  const server = new WatchServer(cluster, namespace, relay, await objects.token(accountName, namespace))
  await server.answers(server.token, 200)
  return server
}

/** A namespace of a real API server, behind a relay. */
class WatchServer implements WatchedServer {
  readonly relay: Relay
  readonly url: string
  readonly certificateAuthority: string
  readonly namespace: string
  token: string
  readonly #cluster: Cluster

  constructor(cluster: Cluster, namespace: string, relay: Relay, token: string) {
    this.#cluster = cluster
    this.namespace = namespace
    this.relay = relay
    this.token = token
    this.url = `https://${new URL(cluster.server).hostname}:${relay.port}`
    this.certificateAuthority = readFileSync(join(cluster.folder, 'pki/apiserver.crt'), 'utf8')
  }

  get connections(): number {
    return this.relay.size
  }

  apply: RealServer['apply'] = async ({ metadata, ...slice }) => {
    const { namespace } = this
    const { name, labels, annotations } = metadata ?? {}
    const facts = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }
    await this.#cluster.objects.apply(
      { ...facts, metadata: { name, namespace, labels, annotations }, ...slice },
      namespace,
    )
  }

  remove: RealServer['remove'] = (name) =>
    this.#cluster.objects.remove({ kind: 'endpointslices', namespace: this.namespace, name })
  cut: RealServer['cut'] = async () => this.relay.cut()
  freeze: RealServer['freeze'] = () => this.relay.freeze()
  thaw: RealServer['thaw'] = () => this.relay.thaw()
  door: RealServer['door'] = (door) => this.relay.door(door)
  // It comes by itself.
  bookmark: RealServer['bookmark'] = async () => {}
  restart: RealServer['restart'] = () => this.#restart()

  expire: RealServer['expire'] = async (change) => {
    await this.relay.door('refusing')
    await this.#restart(change)
    await this.relay.door('open')
  }

  replaceToken: RealServer['replaceToken'] = async () => {
    const { token, namespace } = this
    const { objects } = this.#cluster
    await objects.remove({ kind: 'serviceaccounts', namespace, name: accountName })
    await objects.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: accountName } }, namespace)
    const next = await objects.token(accountName, namespace)
    await this.answers(token, 401)
    return next
  }

  forbid: RealServer['forbid'] = async () => {
    await this.#cluster.objects.remove({ kind: 'rolebindings', namespace: this.namespace, name: role })
    await this.answers(this.token, 403)
  }

  permit: RealServer['permit'] = async (manifest) => {
    await this.#cluster.kubectl(['apply', '-f', '-'], manifest)
    await this.answers(this.token, 200)
  }

  /** Waits for an answer: the API server remembers tokens for 10 s, and hears of roles a little later than whoever wrote them. */
  async answers(token: string, code: number): Promise<void> {
    while ((await this.#answerTo(token)) !== code) await new Promise<void>((resolve) => systemClock.wake(50, resolve))
  }

  /** Takes the namespace away. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay[Symbol.asyncDispose]()
    await this.#cluster.objects.remove({ kind: 'namespaces', name: this.namespace })
  }

  async #answerTo(token: string): Promise<number> {
    try {
      await this.#cluster.objects.as(token).list({ kind: 'endpointslices', namespace: this.namespace })
      return 200
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }

  async #restart(change: () => Promise<void> = async () => {}): Promise<void> {
    const server = this.#cluster.component('kube-apiserver')
    await change()
    await server.stop()
    await server.start()
    await this.answers(this.token, 200)
  }
}

/** The file that comes along, for one rule. */
function rights(namespace: string): string {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: accountName } }
  const file = readFileSync(join(import.meta.dirname, '../../../rbac.yaml'), 'utf8')
  return `${JSON.stringify(account)}\n---\n${file.replaceAll('namespace: shop', `namespace: ${namespace}`)}`
}
