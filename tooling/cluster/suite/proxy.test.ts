import { expect } from 'vitest'
import { addresses } from '../src/index.ts'
import { answeringAt, hostIn, KeptConnection, servedBy } from './support/connections.ts'
import { eventually, rejection } from './support/eventually.ts'
import { factsOf, type Place } from './support/fact.ts'
import { apiIn, lookupIn } from './support/inside.ts'
import { addressesOf, nameIn } from './support/names.ts'
import { is, podWhen, readyPod } from './support/pod-states.ts'
import { ask, server, service } from './support/pods.ts'
import { clusterIpOf } from './support/services.ts'
import { endpointsOf, letters, slicesOf } from './support/slices.ts'

const servicePage = 'https://kubernetes.io/docs/concepts/services-networking/service/'
const proxyPage = 'https://kubernetes.io/docs/reference/networking/virtual-ips/'
const terminatingEndpoints =
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints'
const fact = factsOf()

fact(
  'connections to a virtual address are spread over all ready pods',
  `${proxyPage}#proxy-mode-iptables`,
  async (place) => {
    const users = await serviceOf(place, 'one', 'two', 'three')
    const hosts = await answeringAt(users, 60)
    // Chosen by chance: one of three is chosen fewer than five times in sixty once in a million.
    for (const name of ['one', 'two', 'three'])
      expect(hosts.filter((host) => host === name).length, name).toBeGreaterThanOrEqual(5)
  },
)

fact(
  'a connection stays with its pod, also when that is no longer ready',
  `${proxyPage}#proxy-mode-iptables`,
  async (place) => {
    const users = await serviceOf(place, 'one', 'two', 'three')
    using connection = new KeptConnection(users)
    const { host } = await connection.ask()
    for (let count = 0; count < 20; count++) expect(await connection.ask()).toEqual({ host, reused: true })
    await turnOff(place, host)
    await eventually(async () => expect(await answeringAt(users, 20)).not.toContain(host))
    expect(await connection.ask()).toEqual({ host, reused: true })
  },
)

fact(
  'a pod that is not ready gets no new connections, and gets them again when it is',
  'https://kubernetes.io/docs/concepts/workloads/pods/probes/#readiness-probe',
  async (place) => {
    const users = await serviceOf(place, 'one', 'two')
    await turnOff(place, 'one')
    await eventually(async () => expect(new Set(await answeringAt(users, 20))).toEqual(new Set(['two'])))
    await ask(await addressOf(place, 'one'), '/ready/on', { method: 'POST' })
    await eventually(async () => expect(new Set(await answeringAt(users, 20))).toEqual(new Set(['one', 'two'])))
  },
)

fact(
  'a Service whose pods are all not ready, or that has none, refuses connections',
  // No page says it; Kubernetes' own test of it does ("should be rejected when no endpoints exist").
  'https://github.com/kubernetes/kubernetes/blob/master/test/e2e/network/service.go',
  async (place) => {
    const users = await serviceOf(place, 'one')
    await turnOff(place, 'one')
    const refused = { code: 'ECONNREFUSED' }
    await eventually(async () => expect(await rejection(ask(users, '/', { port: 80 }))).toMatchObject(refused))
    const { objects, namespace } = place
    await objects.apply(service('nobody', { selector: { app: 'nobody' } }), namespace)
    const nobody = await clusterIpOf(place, 'nobody')
    await eventually(async () =>
      expect(await rejection(ask(nobody, '/', { port: 80, silenceMs: 300 }))).toMatchObject(refused),
    )
  },
)

fact(
  'while all pods of a Service terminate, those that still serve get the connections',
  `${terminatingEndpoints}#example-all-endpoints-terminating-and-traffic-policy-is-cluster`,
  async (place) => {
    const { objects, namespace } = place
    // They stay for as long as it takes to look.
    const spec = {
      containers: [server({ env: [{ name: 'TERM_MS', value: 'never' }] })],
      terminationGracePeriodSeconds: 30,
    }
    await Promise.all(['serving', 'other'].map((name) => readyPod(place, name, spec)))
    await readyPod(place, 'mark', {}, { app: 'mark' })
    const users = await serviceWith(place)
    await turnOff(place, 'other')
    for (const name of ['serving', 'other']) await objects.remove({ kind: 'pods', namespace, name })
    await objects.until(slicesOf(namespace, 'users'), (slices) => lettersIn(slices) === 'ST T')
    await proxyHasSeen(place)
    expect(new Set(await answeringAt(users, 20))).toEqual(new Set(['serving']))
  },
)

fact(
  'while a pod is ready, those that terminate get no new connections',
  `${terminatingEndpoints}#example-only-some-endpoints-terminating-when-traffic-policy-is-cluster`,
  async (place) => {
    const { objects, namespace } = place
    const spec = {
      containers: [server({ env: [{ name: 'TERM_MS', value: 'never' }] })],
      terminationGracePeriodSeconds: 30,
    }
    await readyPod(place, 'leaving', spec)
    await readyPod(place, 'mark', {}, { app: 'mark' })
    const users = await serviceOf(place, 'staying')
    await objects.remove({ kind: 'pods', namespace, name: 'leaving' })
    await objects.until(slicesOf(namespace, 'users'), (slices) => lettersIn(slices) === 'RS ST')
    await proxyHasSeen(place)
    expect(new Set(await answeringAt(users, 20))).toEqual(new Set(['staying']))
  },
)

fact('sessionAffinity ClientIP keeps a client at one pod', `${proxyPage}#session-affinity`, async (place) => {
  await Promise.all(['one', 'two', 'three'].map((name) => readyPod(place, name)))
  const users = await serviceWith(place, { sessionAffinity: 'ClientIP' })
  // A sync of the rules may come between two connections; twenty at one of three by chance are one in a billion.
  const hosts = await eventually(async () => {
    const found = new Set(await answeringAt(users, 20))
    expect(found.size).toBe(1)
    return found
  })
  expect(['one', 'two', 'three']).toEqual(expect.arrayContaining([...hosts]))
})

fact(
  'a pod reaches itself through its Service',
  'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#a-pod-fails-to-reach-itself-via-the-service-ip',
  async (place) => {
    const users = await serviceOf(place, 'one')
    const { status, body } = await ask(await addressOf(place, 'one'), `/fetch?http://${users}/`)
    expect([status, hostIn(body)]).toEqual([200, 'one'])
  },
)

fact(
  'a pod reaches pods of its own and of other nodes without translation, Services by name, and the API server',
  'https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model',
  async (place) => {
    const at = (name: string, nodeName: string) => readyPod(place, name, { nodeName }, { app: 'others' })
    const [asking, near, far] = await Promise.all([at('asking', 'node-2'), at('near', 'node-2'), at('far', 'node-3')])
    const users = await serviceOf(place, 'one')
    const fetched = async (url: string) => (await ask(asking, `/fetch?${url}`)).body
    expect(JSON.parse(await fetched(`http://${near}:8080/`))).toMatchObject({ host: 'near', client: asking })
    expect(JSON.parse(await fetched(`http://${far}:8080/`))).toMatchObject({ host: 'far', client: asking })
    const name = nameIn(place.namespace, 'users')
    await eventually(() => addressesOf(name))
    expect(await lookupIn(asking, 'users')).toEqual([users])
    expect(JSON.parse(await fetched(`http://users/`))).toMatchObject({ host: 'one', client: asking })
    expect((await apiIn(asking, '/version')).status).toBe(200)
  },
)

fact(
  'a pod on the network of its node has the address of that node',
  'https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking',
  async (place) => {
    const address = await readyPod(place, 'one', {
      nodeName: 'node-2',
      hostNetwork: true,
      // The nodes of this cluster share their ports.
      containers: [server({ env: [{ name: 'PORT', value: '8085' }], ports: [{ name: 'http', containerPort: 8085 }] })],
    })
    expect(address).toBe(addresses.node(2))
    await podWhen(place, 'one', (one) => is(one, 'PodReadyToStartContainers'), 'has the network that it asked for')
    // And its name.
    expect(hostIn((await ask(address, '/', { port: 8085 })).body)).toBe('node-2')
  },
)

fact('a NodePort leads to the pods from the address of every node', `${servicePage}#type-nodeport`, async (place) => {
  const { objects, namespace } = place
  await readyPod(place, 'one', { nodeName: 'node-2' })
  await serviceWith(place, { type: 'NodePort' })
  const { spec } = await objects.get({ kind: 'services', namespace, name: 'users' })
  const port = spec?.ports?.[0]?.nodePort ?? 0
  expect(port).toBeGreaterThanOrEqual(30_000)
  for (const node of [1, 2, 3]) expect(await servedBy(addresses.node(node), port)).toBe('one')
})

fact(
  'internalTrafficPolicy Local leads to pods of the own node only',
  `${proxyPage}#internal-traffic-policy`,
  async (place) => {
    // There is one kube-proxy, that of node-1.
    await Promise.all([readyPod(place, 'near', { nodeName: 'node-1' }), readyPod(place, 'far', { nodeName: 'node-2' })])
    const users = await serviceWith(place, { internalTrafficPolicy: 'Local' })
    expect(new Set(await answeringAt(users, 20))).toEqual(new Set(['near']))
  },
)

/** A Service of pods that are made for it, once kube-proxy serves it. @returns its address */
async function serviceOf(place: Place, ...names: readonly string[]): Promise<string> {
  await Promise.all(names.map((name) => readyPod(place, name)))
  return serviceWith(place)
}

/** A Service of the pods that there are, once kube-proxy leads to all of them. @returns its address */
async function serviceWith(place: Place, spec: object = {}): Promise<string> {
  const { objects, namespace } = place
  const pods = await objects.list({ kind: 'pods', namespace, labelSelector: 'app=server' })
  await objects.apply(service('users', { ...spec }), namespace)
  const allReady = pods.map(() => 'RS').join(' ')
  await objects.until(slicesOf(namespace, 'users'), (slices) => lettersIn(slices) === allReady)
  const address = await clusterIpOf(place, 'users')
  await servedBy(address)
  return address
}

/** Whatever slices said before has come to kube-proxy, which has them in the order in which they were written, when it serves what comes after. */
async function proxyHasSeen(place: Place): Promise<void> {
  await place.objects.apply(service('mark', { selector: { app: 'mark' } }), place.namespace)
  const mark = await clusterIpOf(place, 'mark')
  expect(await servedBy(mark)).toBe('mark')
}

async function turnOff(place: Place, name: string): Promise<void> {
  await ask(await addressOf(place, name), '/ready/off', { method: 'POST' })
  await podWhen(place, name, (one) => !is(one, 'Ready'), 'is not ready')
}

async function addressOf({ objects, namespace }: Place, name: string): Promise<string> {
  const { status } = await objects.get({ kind: 'pods', namespace, name })
  return status?.podIP as string
}

function lettersIn(slices: Parameters<typeof endpointsOf>[0]): string {
  return endpointsOf(slices).map(letters).sort().join(' ')
}
