/**
 * A cluster with one Service, what can be done to it, and what the API server says of it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, imagesOf, type Kinds, startCluster } from '@evenkeel/cluster'
import { type Pods, podsIn } from '../recording/truth.ts'
import { startTruth, type Truth } from './truth.ts'

/** Where everything is. */
export const namespace = 'shop'
/** How many pods there are between scenes. */
export const replicas = 4
/** At which pods answer probes. */
export const probePort = 9_090
const serviceAccount = 'trial'
const apps = join(import.meta.dirname, '../../..')
const accessManifest = join(import.meta.dirname, '../../manifests/access.yaml')
// Starts and drains of a dozen pods on a busy machine take a minute at the most.
const deadlineMs = 180_000

/** What is on the stage: a Deployment and a Service of the same name. */
export interface App {
  readonly name: string
  /** Its manifest; its pods have the label `app.kubernetes.io/name`. @param folder that of the cluster, where they may leave something */
  manifest(folder: string): string
}

/** A pod of it. */
export interface Pod {
  readonly name: string
  readonly address: string
  /** That it runs on: `node-1`. */
  readonly node: string
}

/** What flags a cluster has beside the usual ones, by component. */
export type Flags = NonNullable<NonNullable<Parameters<typeof startCluster>[0]>['flags']>

/** The stage. Disposing it takes the cluster down. */
export class Stage implements AsyncDisposable {
  readonly app: App
  readonly cluster: Cluster
  /** ClusterIP and port of the Service. */
  readonly virtualAddress: string
  readonly truth: Truth
  /** What our client shows to the API server. */
  token: string

  constructor(app: App, cluster: Cluster, virtualAddress: string, truth: Truth, token: string) {
    this.app = app
    this.cluster = cluster
    this.virtualAddress = virtualAddress
    this.truth = truth
    this.token = token
  }

  /** Certificate of the API server, which signed it by itself. */
  get certificateAuthority(): string {
    return readFileSync(join(this.cluster.folder, 'pki/apiserver.crt'), 'utf8')
  }

  /** Runs kubectl in the namespace. */
  kubectl(...words: readonly string[]): Promise<string> {
    return this.cluster.kubectl(['-n', namespace, ...words])
  }

  /** What the slices say at this moment, asked anew. */
  async slices(): Promise<Pods> {
    return podsIn(await this.cluster.objects.list(slicesOf(this.app)))
  }

  /** The pods that are ready and stay, by name. */
  async pods(): Promise<readonly Pod[]> {
    const found = await this.cluster.objects.list(podsOf(this.app))
    return found
      .filter((pod) => isReady(pod))
      .map(({ metadata, spec, status }) => {
        return { name: metadata?.name ?? '', address: status?.podIP ?? '', node: spec?.nodeName ?? '' }
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** Any of them. @throws Error if there is none */
  async pod(): Promise<Pod> {
    const [first] = await this.pods()
    if (first === undefined) throw new Error(`pods of ${this.app.name}: none is ready (expected: one)`)
    return first
  }

  /** Resolves once so many pods are ready, none of them old, and no other is there any more, and the slices say so. */
  async settle(wanted: number = replicas, old: ReadonlySet<string> = new Set()): Promise<void> {
    const what = `${wanted} pods of ${this.app.name}, all ready${old.size > 0 ? ' and new' : ''}`
    const settled = (pods: readonly Kinds['pods'][]): boolean =>
      pods.length === wanted && pods.every((pod) => isReady(pod) && !old.has(pod.metadata?.name ?? ''))
    await this.cluster.objects.until(podsOf(this.app), settled, { deadlineMs, what })
    await this.until((pods) => [...pods.values()].filter((state) => state === 'ready').length === wanted, what)
  }

  /** Resolves once the slices say so. */
  async until(holds: (pods: Pods) => boolean, what: string): Promise<void> {
    await this.cluster.objects.until(slicesOf(this.app), (slices) => holds(podsIn(slices)), { deadlineMs, what })
  }

  /** `kubectl rollout restart`, until every pod is a new one and the old ones have gone. */
  restart(): Promise<void> {
    return this.#rollOut('rollout', 'restart', this.#deployment)
  }

  /** `kubectl set env`, until every pod is one that has it. @param value undefined takes it away */
  environment(name: string, value: string | undefined): Promise<void> {
    return this.#rollOut('set', 'env', this.#deployment, value === undefined ? `${name}-` : `${name}=${value}`)
  }

  /** `kubectl scale`, until so many are there. */
  async scale(wanted: number): Promise<void> {
    await this.kubectl('scale', this.#deployment, `--replicas=${wanted}`)
    await this.settle(wanted)
  }

  /** Deletes the service account, which revokes its tokens, and makes it anew. @returns a token that is good */
  async revokeToken(): Promise<string> {
    const { objects } = this.cluster
    await objects.remove({ kind: 'serviceaccounts', namespace, name: serviceAccount })
    await this.allow()
    return objects.token(serviceAccount, namespace)
  }

  /** Takes away what our client may, until `allow`. */
  forbid(): Promise<void> {
    return this.cluster.objects.remove({ kind: 'rolebindings', namespace, name: serviceAccount })
  }

  /** Makes the service account, its Role and its RoleBinding what they should be. */
  async allow(): Promise<void> {
    await this.cluster.objects.apply(readFileSync(accessManifest, 'utf8'), namespace)
  }

  /** Ends the API server, and with it every connection to it, and starts it again. */
  async restartServer(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const server = this.cluster.component('kube-apiserver')
    await server.kill()
    await meanwhile()
    await server.start()
  }

  get #deployment(): string {
    return `deployment/${this.app.name}`
  }

  async #rollOut(...words: readonly string[]): Promise<void> {
    const old = await this.cluster.objects.list(podsOf(this.app))
    await this.kubectl(...words)
    await this.settle(old.length, new Set(old.map(({ metadata }) => metadata?.name ?? '')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.truth[Symbol.dispose]()
    await this.cluster[Symbol.asyncDispose]()
  }
}

/** Starts a cluster and the Service in it. */
export async function openStage(app: App, flags: Flags): Promise<Stage> {
  const cluster = await startCluster({ nodes: 3, images: imagesOf(apps), flags })
  try {
    const { objects } = cluster
    await objects.apply(`{ apiVersion: v1, kind: Namespace, metadata: { name: ${namespace} } }`)
    await objects.apply(readFileSync(accessManifest, 'utf8'), namespace)
    await objects.apply(app.manifest(cluster.folder), namespace)
    const { spec } = await objects.get({ kind: 'services', namespace, name: app.name })
    const virtualAddress = `${spec?.clusterIP}:${spec?.ports?.[0]?.port}`
    const token = await objects.token(serviceAccount, namespace)
    const stage = new Stage(app, cluster, virtualAddress, await startTruth(cluster, slicesOf(app)), token)
    await stage.settle().catch((error: unknown) => {
      stage.truth[Symbol.dispose]()
      throw error
    })
    return stage
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
}

function slicesOf({ name }: App) {
  return { kind: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${name}` } as const
}

function podsOf({ name }: App) {
  return { kind: 'pods', namespace, labelSelector: `app.kubernetes.io/name=${name}` } as const
}

function isReady({ metadata, status }: Kinds['pods']): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  return ready && metadata?.deletionTimestamp === undefined
}
