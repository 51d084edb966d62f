/**
 * The shop on a cluster, and what can be done to it. Everything goes through kubectl and the API server, as an operator would do it.
 */
import { join } from 'node:path'
import { type Cluster, imagesOf, startCluster } from '@evenkeel/cluster'
import { type Pod, podsIn } from './pods.ts'

const namespace = 'shop'
const manifests = join(import.meta.dirname, '../../../manifests')
// Starts and drains of a dozen pods on a busy machine take a minute at the most.
const deadlineMs = 180_000

/** How long a change took, in seconds. */
export interface ChangeSeconds {
  /** Until as many pods as wanted were ready, and none but these was left that does not terminate. */
  readonly rolledOut: number
  /** Until those that left had gone, drained. */
  readonly gone: number
}

/** The shop as it runs. Disposing it takes the cluster down. */
export interface Stage extends AsyncDisposable {
  /** Of the storefront, through its ClusterIP. */
  readonly url: string
  /** Of Kubernetes. */
  readonly version: string
  /** All pods at this moment. */
  pods(): readonly Pod[]
  /** `kubectl rollout restart`, until every pod is a new one. */
  restart(app: string): Promise<ChangeSeconds>
  /** `kubectl scale`, until so many are there. */
  scale(app: string, replicas: number): Promise<ChangeSeconds>
}

/** Starts a cluster and the shop in it; resolves when every Deployment is complete. @param storefront how it calls */
export async function openStage(storefront: 'balanced' | 'plain'): Promise<Stage> {
  const images = imagesOf(join(import.meta.dirname, '../../../..'))
  const cluster = await startCluster({ nodes: 3, images })
  try {
    await cluster.kubectl(['create', 'namespace', namespace])
    await cluster.kubectl(['apply', '-k', manifests])
    if (storefront === 'plain')
      await cluster.kubectl(['-n', namespace, 'set', 'env', 'deployment/storefront', 'BALANCED=off'])
    await cluster.kubectl([
      '-n',
      namespace,
      'wait',
      'deployment',
      '--all',
      '--for=condition=Available',
      '--timeout=120s',
    ])
    const where = [
      '-n',
      namespace,
      'get',
      'service',
      'storefront',
      '-o',
      'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}',
    ]
    const url = `http://${await cluster.kubectl(where)}`
    const versions = JSON.parse(await cluster.kubectl(['version', '-o', 'json']))
    return await stageOn(cluster, url, versions.serverVersion.gitVersion)
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
}

async function stageOn(cluster: Cluster, url: string, version: string): Promise<Stage> {
  const recording = await cluster.objects.record({ kind: 'pods', namespace })
  const pods = (app?: string): readonly Pod[] =>
    podsIn(recording.states.at(-1) ?? []).filter((pod) => app === undefined || pod.app === app)
  /** Watches a change until the pods of the app are `replicas` that `stay` says may. */
  const change = async (
    app: string,
    replicas: number,
    stay: (pod: Pod) => boolean,
    ...words: readonly string[]
  ): Promise<ChangeSeconds> => {
    const startedAt = performance.now()
    const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10
    const settled = (those: readonly Pod[]): boolean =>
      those.length === replicas && those.every((pod) => pod.state === 'ready' && stay(pod))
    await cluster.kubectl(['-n', namespace, ...words])
    const what = `kubectl ${words.join(' ')}`
    await recording.until(() => settled(pods(app).filter(({ state }) => state !== 'terminating')), { deadlineMs, what })
    const rolledOut = seconds()
    await recording.until(() => settled(pods(app)), { deadlineMs, what: `${what}: the old pods are gone` })
    return { rolledOut, gone: seconds() }
  }
  return {
    url,
    version,
    pods,
    restart: (app) => {
      const old = new Set(pods(app).map(({ name }) => name))
      return change(app, old.size, ({ name }) => !old.has(name), 'rollout', 'restart', `deployment/${app}`)
    },
    scale: (app, replicas) => change(app, replicas, () => true, 'scale', `deployment/${app}`, `--replicas=${replicas}`),
    [Symbol.asyncDispose]: async () => {
      recording[Symbol.dispose]()
      await cluster[Symbol.asyncDispose]()
    },
  }
}
