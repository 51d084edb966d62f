/**
 * One client of the fake API server, from its start to all endpoints: once, in a fresh process, as a pod that starts.
 */
import { parseTarget } from '@evenkeel/core'
import { heapBytes } from './memory.ts'
import type { Served } from './server.ts'
import { endpointCount, namespace, service, sliceCount } from './service.ts'

/** Whose client. */
export type ClientName = 'ours' | 'client-node informer'

/** What it took. */
export interface ClientCost {
  /** From the call that starts it, its modules being loaded, until all endpoints are known. */
  readonly wallMs: number
  /** CPU of the whole process in this time: with TLS, decompression and the collector's threads. */
  readonly cpuMs: number
  /** Of the main thread alone. */
  readonly threadMs: number
  /** What then stays on V8's heap, beyond what the loaded modules keep. */
  readonly endpointBytes: number
}

/** Measures in this process. */
export async function measureClient(name: ClientName, served: Served): Promise<ClientCost> {
  const prepare = name === 'ours' ? ours : informer
  const client = await prepare(served)
  const before = await heapBytes()
  const process0 = process.cpuUsage()
  const thread0 = process.threadCpuUsage()
  const start = performance.now()
  await client.start()
  const wallMs = performance.now() - start
  const whole = process.cpuUsage(process0)
  const thread = process.threadCpuUsage(thread0)
  const endpointBytes = ((await heapBytes()) - before) / endpointCount
  await client.stop()
  return {
    wallMs,
    cpuMs: (whole.user + whole.system) / 1_000,
    threadMs: (thread.user + thread.system) / 1_000,
    endpointBytes,
  }
}

interface Client {
  start(): Promise<void>
  stop(): Promise<void>
}

async function ours({ url, token, ca }: Served): Promise<Client> {
  const { kubernetes } = await import('@evenkeel/k8s-watch-resolver')
  const resolver = kubernetes({ access: { url, token, certificateAuthority: ca, namespace } })
  return {
    start: () =>
      new Promise((resolve, reject) => {
        resolver.watch(parseTarget(`${service}:http`), ({ status, endpoints, error }) => {
          if (status === 'ok' && endpoints.length === endpointCount) resolve()
          else reject(new Error(`${status}, ${endpoints.length} endpoints: ${error}`))
        })
      }),
    stop: () => resolver.close(),
  }
}

/** As its documentation makes one. Its first list is its first full cache. */
async function informer({ url, token, ca }: Served): Promise<Client> {
  const { DiscoveryV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  const caData = ca === undefined ? undefined : Buffer.from(ca).toString('base64')
  config.loadFromOptions({
    clusters: [{ name: 'c', server: url, skipTLSVerify: false, ...(caData === undefined ? {} : { caData }) }],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  const api = config.makeApiClient(DiscoveryV1Api)
  const labelSelector = `kubernetes.io/service-name=${service}`
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`
  const cache = makeInformer(
    config,
    path,
    () => api.listNamespacedEndpointSlice({ namespace, labelSelector }),
    labelSelector,
  )
  return {
    start: () =>
      new Promise((resolve, reject) => {
        let count = 0
        // All of a list are told in one turn, and the cache is complete with the last.
        cache.on('add', () => {
          if (++count === sliceCount) resolve()
        })
        cache.on('error', reject)
        cache.start().catch(reject)
      }),
    stop: () => cache.stop(),
  }
}
