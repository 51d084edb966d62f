import { join } from 'node:path'
import { Client, credentials } from '@grpc/grpc-js'
import { expect } from 'vitest'
import { factsOf, type Place } from './support/fact.ts'
import { failures } from './support/failures.ts'
import { Log } from './support/logs.ts'
import { is, podWhen } from './support/pod-states.ts'
import { pod } from './support/pods.ts'

const fact = factsOf()
const probePage =
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe'
const terminationPage = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow'
const often = { periodSeconds: 1, failureThreshold: 1 }
// By its path: the harness depends on no package.
const command = [
  'node',
  '--conditions=source',
  join(import.meta.dirname, '../../../packages/probes/src/testing/grpc-pod.ts'),
]

/** A probe of our server; without a service it asks for the whole of it. */
function asking(service?: string): object {
  return { grpc: { port: 9000, ...(service === undefined ? {} : { service }) }, ...often }
}

/** Makes a pod of our server and waits until it is ready. @returns its address */
async function grpcPod(place: Place, name: string, container: object): Promise<string> {
  const startupProbe = { ...asking('startupz'), failureThreshold: 60 }
  const containers = [{ name: 'main', image: 'none', command, startupProbe, ...container }]
  await place.objects.apply(pod(name, { containers, terminationGracePeriodSeconds: 10 }), place.namespace)
  const { status } = await podWhen(place, name, (one) => is(one, 'Ready'), 'is ready')
  return status?.podIP as string
}

fact(
  'gRPC probes without a service follow all checks of our server, and liveness by `livez` does not',
  probePage,
  async (place) => {
    const { cluster, namespace } = place
    await grpcPod(place, 'one', { readinessProbe: asking(), livenessProbe: asking('livez') })
    await cluster.signal('one', 'SIGUSR1', { namespace })
    const messages = await failures(place, 'one', /^Readiness probe failed: .*NOT_SERVING/, 3)
    const { status } = await podWhen(place, 'one', (one) => !is(one, 'Ready'), 'is not ready')
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, started: true, ready: false })
    expect(messages.filter((message) => message.startsWith('Liveness'))).toEqual([])
  },
)

fact('gRPC probes with a service follow the checks that this service depends on', probePage, async (place) => {
  const { cluster, namespace } = place
  await grpcPod(place, 'catalog', { readinessProbe: asking('shop.Catalog') })
  await grpcPod(place, 'prices', { readinessProbe: asking('shop.Prices') })
  for (const name of ['catalog', 'prices']) await cluster.signal(name, 'SIGUSR1', { namespace })
  await failures(place, 'catalog', /^Readiness probe failed: .*NOT_SERVING/, 2)
  await podWhen(place, 'catalog', (one) => !is(one, 'Ready'), 'is not ready')
  await podWhen(place, 'prices', (one) => is(one, 'Ready'), 'is ready')
})

fact('a gRPC probe of a service that our server does not know fails', probePage, async (place) => {
  const containers = [{ name: 'main', image: 'none', command, readinessProbe: asking('shop.Nothing') }]
  await place.objects.apply(pod('one', { containers }), place.namespace)
  await failures(place, 'one', /^Readiness probe failed: .*(NotFound|unknown service|not known)/)
})

fact(
  'a pod of our gRPC server that is deleted answers every call until its clients have heard',
  terminationPage,
  async (place) => {
    const { objects, namespace } = place
    const address = await grpcPod(place, 'one', { readinessProbe: asking() })
    using log = await Log.of(place, 'one')
    const client = new Client(`${address}:9000`, credentials.createInsecure())
    const bytes = (value: Buffer): Buffer => value
    const ask = (): Promise<number> =>
      new Promise((resolve) =>
        client.makeUnaryRequest('/shop.Catalog/Ask', bytes, bytes, Buffer.from('question'), (error) =>
          resolve(error?.code ?? 0),
        ),
      )
    expect(await ask()).toBe(0)
    using recording = await objects.record({ kind: 'pods', namespace, fieldSelector: 'metadata.name=one' })
    const codes = new Set<number>()
    let answered = 0
    const heard = new AbortController()
    // What a client learns from the API: it leaves once the pod is marked.
    const marked = recording.until((states) => states.at(-1)?.[0]?.metadata?.deletionTimestamp !== undefined)
    void marked.then(() => heard.abort())
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    // This one is a second late, half of the lame duck.
    let leaveAt = Number.POSITIVE_INFINITY
    while (Date.now() < leaveAt) {
      codes.add(await ask())
      answered++
      if (heard.signal.aborted) leaveAt = Math.min(leaveAt, Date.now() + 1_000)
    }
    client.close()
    expect([...codes], `of ${answered} calls`).toEqual([0])
    expect(await log.whole()).toEqual(['listening', 'complete'])
  },
)
