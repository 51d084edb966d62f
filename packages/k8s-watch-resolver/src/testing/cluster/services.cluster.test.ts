import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, startCluster } from '@evenkeel/cluster'
import { type EndpointSet, type EvenkeelError, endpoints, environment } from '@evenkeel/core'
import { type RecordedSets, recordSets } from '@evenkeel/core/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Kubernetes, kubernetes } from '../../kubernetes.ts'
import type { KubernetesOptions } from '../../options.ts'
import { slice } from '../slices.ts'
import { accessAs, eventually, listingAs, makeNamespace, podOf, serviceOf } from './place.ts'

// Written for the account storefront of the namespace shop.
const rights = join(import.meta.dirname, '../../../rbac.yaml')
const hosts = ['', '.shop', '.shop.svc', '.shop.svc.cluster.local', '.shop.svc.cluster.local.'].map(
  (rest) => `user-service${rest}`,
)
const names = hosts.flatMap((host) => ['', ':80', ':http'].map((port) => `${host}${port}`))

let cluster: Cluster
let pods: readonly string[]

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1 })
  for (const namespace of ['shop', 'stock']) await makeNamespace(cluster, namespace)
  const { objects } = cluster
  await objects.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'storefront' } }, 'shop')
  const apart = serviceOf('ledger', { ports: [port('http', 80, 8080), port('admin', 81, 9090)] })
  await objects.apply([serviceOf('user-service'), apart], 'shop')
  await objects.apply(
    ['one', 'two'].map((name) => podOf(name, 'user-service')),
    'shop',
  )
  await objects.apply([podOf('three', 'ledger')], 'shop')
  await objects.apply([serviceOf('parts'), podOf('four', 'parts')], 'stock')
  pods = await readyIn('shop', 'user-service', 2)
  await readyIn('shop', 'ledger', 1)
  await readyIn('stock', 'parts', 1)
})

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
})

test('without a Role the error prints the file that comes along; with it there are pods, and it gives nothing else', async () => {
  const refused = await follow('user-service')
  await heard(refused, ({ error }) => error !== undefined)
  const { code, message } = refused.last().error as EvenkeelError
  expect(code).toBe('EVENKEEL_DISCOVERY_FORBIDDEN')
  const [, printed] = /apply this:\n(.*\n)# .*$/s.exec(message) ?? []
  expect(printed).toBe(readFileSync(rights, 'utf8'))
  await allow()
  const followed = await follow('user-service')
  await heard(followed, ({ status }) => status === 'ok')
  expect(followed.locators()).toEqual(pods)
  const token = await cluster.objects.token('storefront', 'shop')
  expect(await listingAs(cluster, token, 'services', 'shop')).toBe(403)
  expect(await listingAs(cluster, token, 'pods', 'shop')).toBe(403)
  expect(await listingAs(cluster, token, 'endpointslices', 'stock')).toBe(403)
})

test('every way to name a Service leads to its pods, with and without its port', async () => {
  await allow()
  const resolver = await resolverOf()
  for (const name of names) expect([name, await locatorsOf(resolver, name)]).toEqual([name, pods])
  expect(resolver.inspect().namespaces.flatMap(({ streams }) => streams)).toHaveLength(1)
})

test('a program in a pod finds them by every name with what the pod gives it', async () => {
  await allow()
  const program = ['node', '--conditions=source', join(import.meta.dirname, 'in-pod.ts')]
  const others = ['parts.stock', 'nobody']
  await cluster.objects.apply(
    podOf('asking', 'asking', { command: [...program, ...names, ...others] }, 'storefront'),
    'shop',
  )
  await podWhen('asking', 'shop', (phase) => phase === 'Succeeded' || phase === 'Failed')
  const printed = await cluster.kubectl(['-n', 'shop', 'logs', 'asking'])
  expect(printed.trim().split('\n')).toEqual([
    ...names.map((name) => `${name} ${pods.join(' ')}`),
    'parts.stock EVENKEEL_NOT_CLAIMED',
    'nobody EVENKEEL_SERVICE_ABSENT',
  ])
})

test('a pod of another namespace is found where the namespace is listed and its Role stands', async () => {
  await allow()
  await expect(endpoints(await resolverOf(), 'parts.stock')).rejects.toMatchObject({ code: 'EVENKEEL_NOT_CLAIMED' })
  const listed = { namespaces: ['shop', 'stock'] }
  const refused = await follow('parts.stock', listed)
  await heard(refused, ({ error }) => error !== undefined)
  const { code, message } = refused.last().error as EvenkeelError
  expect(code).toBe('EVENKEEL_DISCOVERY_FORBIDDEN')
  await cluster.kubectl(['apply', '-f', '-'], message.slice(message.indexOf('apiVersion:')))
  await permitted('endpointslices', 'stock')
  const resolver = await resolverOf(listed)
  expect(await locatorsOf(resolver, 'parts.stock.svc.cluster.local:http')).toHaveLength(1)
  expect(await locatorsOf(resolver, 'user-service')).toEqual(pods)
})

test('the number of one of several ports needs the Service, and says so with the rule that permits it', async () => {
  await allow()
  expect(await locatorsOf(await resolverOf(), 'ledger:admin')).toEqual([expect.stringMatching(/:9090$/)])
  const refused = await follow('ledger:81')
  await heard(refused, ({ error }) => error !== undefined)
  const { message } = refused.last().error as EvenkeelError
  expect(message).toContain('which port 81 of ledger is')
  await cluster.kubectl(['apply', '-f', '-'], message.slice(message.indexOf('apiVersion:')))
  const token = await cluster.objects.token('storefront', 'shop')
  await eventually(async () => {
    const { code } = await cluster.objects
      .as(token)
      .get({ kind: 'services', namespace: 'shop', name: 'ledger' })
      .then(
        () => ({ code: 200 }),
        (error: { readonly code: number }) => error,
      )
    return code === 200
  })
  expect(await locatorsOf(await resolverOf(), 'ledger:81')).toEqual([expect.stringMatching(/:9090$/)])
})

test('variables of a pod lead to the virtual address of a Service by every name', async () => {
  const { objects } = cluster
  const { spec } = await objects.get({ kind: 'services', namespace: 'shop', name: 'user-service' })
  const variables = Object.fromEntries(
    readFileSync(`/proc/${await cluster.processId('one', { namespace: 'shop' })}/environ`, 'utf8')
      .split('\0')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const resolver = environment({ variables, namespace: 'shop' })
  for (const name of names) {
    const [found] = await endpoints(resolver, name)
    expect([name, found?.locator, found?.virtual]).toEqual([name, `${spec?.clusterIP}:80`, true])
  }
  await expect(endpoints(resolver, 'user-service.stock')).rejects.toMatchObject({ code: 'EVENKEEL_NOT_CLAIMED' })
})

const nobody = [
  ['a Service that is not there', 'nobody', undefined],
  ['an ExternalName', 'outside', { type: 'ExternalName', externalName: 'example.org', selector: null }],
  ['a Service without a selector and without slices', 'by-hand', { selector: null }],
] as const
for (const [what, name, spec] of nobody)
  test(`M-12 ${what} is absent, and its error says what it may be`, async ({ task }) => {
    Object.assign(task.meta, { rule: 'M-12', world: 'real' })
    await allow()
    if (spec !== undefined) await cluster.objects.apply(serviceOf(name, spec), 'shop')
    const resolver = await resolverOf()
    const error = await endpoints(resolver, name).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'EVENKEEL_SERVICE_ABSENT' })
    expect(String((error as Error).cause)).toMatch(
      new RegExp(`${name} in the namespace shop has no EndpointSlices: .*no such Service.*ExternalName.*no selector`),
    )
  })

test('M-11 the empty slice that Kubernetes makes for a Service without pods is a Service with nobody at home', async ({
  task,
}) => {
  Object.assign(task.meta, { rule: 'M-11', world: 'real' })
  await allow()
  const { objects } = cluster
  await objects.apply(serviceOf('empty'), 'shop')
  const [placeholder] = await objects.until(slicesOf('empty'), (all) => all.length > 0)
  expect([placeholder?.endpoints ?? null, placeholder?.ports ?? null]).toEqual([null, null])
  const followed = await follow('empty')
  await heard(followed, () => true)
  expect(followed.last()).toMatchObject({ status: 'ok', endpoints: [] })
})

test('M-25 a slice that Kubernetes mirrors from Endpoints and a hand-written one both count', async ({ task }) => {
  Object.assign(task.meta, { rule: 'M-25', world: 'real' })
  await allow()
  const { objects } = cluster
  const subsets = [{ addresses: [{ ip: '10.0.0.1' }], ports: [port('http', 8080)] }]
  const mine = slice({
    name: 'mine',
    labels: { 'kubernetes.io/service-name': 'mirrored', [managedBy]: 'somebody' },
    endpoints: [{ addresses: ['10.0.0.2'] }],
  })
  const { name, labels } = mine.metadata ?? {}
  await objects.apply(
    [
      serviceOf('mirrored', { selector: null }),
      { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'mirrored' }, subsets },
      { ...mine, apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name, labels } },
    ],
    'shop',
  )
  const all = await objects.until(slicesOf('mirrored'), ({ length }) => length === 2)
  expect(all.map(({ metadata }) => metadata?.labels?.[managedBy]).sort()).toEqual([
    'endpointslicemirroring-controller.k8s.io',
    'somebody',
  ])
  expect(await locatorsOf(await resolverOf(), 'mirrored')).toEqual(['10.0.0.1:8080', '10.0.0.2:8080'])
})

test('T-14 pods that are not ready appear as ready where their headless Service publishes such addresses', async ({
  task,
}) => {
  Object.assign(task.meta, { rule: 'T-14', world: 'real' })
  await allow()
  const { objects } = cluster
  const headless = { clusterIP: 'None', selector: { app: 'peer' } }
  await objects.apply(
    [
      serviceOf('peers', { ...headless, publishNotReadyAddresses: true }),
      serviceOf('ready-peers', headless),
      // Nothing listens there.
      podOf('peer', 'peer', { readinessProbe: { tcpSocket: { port: 9 } } }),
    ],
    'shop',
  )
  const [listed] = await objects.until(slicesOf('peers'), ([one]) => (one?.endpoints ?? []).length > 0)
  expect(listed?.endpoints?.[0]?.conditions).toMatchObject({ ready: true, serving: false })
  await objects.until(slicesOf('ready-peers'), ([one]) => (one?.endpoints ?? []).length > 0)
  expect(await locatorsOf(await resolverOf(), 'peers')).toHaveLength(1)
  expect(await locatorsOf(await resolverOf(), 'ready-peers')).toEqual([])
})

const managedBy = 'endpointslice.kubernetes.io/managed-by'

function port(name: string, number: number, targetPort?: number): object {
  return { name, port: number, ...(targetPort === undefined ? {} : { targetPort }) }
}

function slicesOf(service: string, namespace = 'shop') {
  const labelSelector = `kubernetes.io/service-name=${service}`
  return { kind: 'endpointslices', namespace, labelSelector } as const
}

/** @returns locators at the port 8080 */
async function readyIn(namespace: string, service: string, count: number): Promise<readonly string[]> {
  const ready = (all: Awaited<ReturnType<typeof cluster.objects.list<ReturnType<typeof slicesOf>>>>) =>
    all.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready === true)
  const all = await cluster.objects.until(slicesOf(service, namespace), (some) => ready(some).length === count)
  return ready(all)
    .map(({ addresses }) => `${addresses[0]}:8080`)
    .sort()
}

async function podWhen(name: string, namespace: string, holds: (phase: string | undefined) => boolean): Promise<void> {
  const query = { kind: 'pods', namespace, fieldSelector: `metadata.name=${name}` } as const
  await cluster.objects.until(query, ([one]) => holds(one?.status?.phase))
}

/** Applies the file that comes along. */
async function allow(): Promise<void> {
  await cluster.kubectl(['apply', '-f', rights])
  await permitted('endpointslices', 'shop')
}

async function permitted(kind: 'endpointslices' | 'services', namespace: string): Promise<void> {
  const token = await cluster.objects.token('storefront', 'shop')
  await eventually(async () => (await listingAs(cluster, token, kind, namespace)) === 200)
}

async function resolverOf(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const resolver = kubernetes({ access: await accessAs(cluster, 'storefront', 'shop'), ...options })
  onTestFinished(() => resolver.close())
  return resolver
}

async function follow(target: string, options: KubernetesOptions = {}): Promise<RecordedSets> {
  return recordSets(await resolverOf(options), target)
}

async function heard({ sets }: RecordedSets, holds: (set: EndpointSet) => boolean): Promise<void> {
  await eventually(async () => sets.some(holds))
}

async function locatorsOf(resolver: Kubernetes, name: string): Promise<readonly string[]> {
  return (await endpoints(resolver, name)).map(({ locator }) => locator).sort()
}
