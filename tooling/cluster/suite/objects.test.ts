import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Cluster, startCluster } from '../src/index.ts'
import { Objects } from '../src/objects/objects.ts'
import { Refusal } from '../src/objects/refusal.ts'

let cluster: Cluster
let objects: Objects
beforeAll(async () => {
  cluster = await startCluster({ nodes: 2 })
  objects = Objects.fromKubeconfig(cluster.kubeconfig)
})
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
})

/** A slice as a manifest, with who is ready. */
function slice(name: string, ready: Readonly<Record<string, boolean>>, service = name): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Object.entries(ready).map(([address, ready]) => ({ addresses: [address], conditions: { ready } })),
  }
}

/** A ConfigMap as a manifest. */
function map(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { of: name } }, data }
}

test('text with several documents, Lists among them, becomes objects; unknown namespaces are the default one', async () => {
  const applied = await objects.apply(`
apiVersion: v1
kind: Namespace
metadata: { name: apart }
---
# nothing but a comment
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: listed }, data: { on: "yes" } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: listed, namespace: apart }, data: { on: "no" } }
`)
  expect(applied.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}/${metadata?.name}`)).toEqual([
    'Namespace undefined/apart',
    'ConfigMap default/listed',
    'ConfigMap apart/listed',
  ])
  const everywhere = await objects.list({ kind: 'configmaps', namespace: '*', fieldSelector: 'metadata.name=listed' })
  expect(everywhere.map(({ data }) => data?.on).sort()).toEqual(['no', 'yes'])
})

test('applying again takes away what the manifest no longer has and keeps what others wrote', async () => {
  await objects.apply(map('again', { first: '1', second: '2' }))
  await objects.patch({ kind: 'configmaps', name: 'again' }, { metadata: { annotations: { by: 'other' } } })
  await objects.apply(map('again', { second: '3' }))
  const { data, metadata } = await objects.get({ kind: 'configmaps', name: 'again' })
  expect(data).toEqual({ second: '3' })
  expect(metadata?.annotations).toEqual({ by: 'other' })
  expect(metadata?.managedFields?.map(({ manager }) => manager)).toContain('evenkeel-cluster')
})

test('what is removed is gone, also when it was gone before', async () => {
  const manifests = [map('gone-1', {}), map('gone-2', {})]
  await objects.apply(manifests, 'kube-public')
  await objects.remove(manifests, 'kube-public')
  await objects.remove(manifests, 'kube-public')
  await objects.remove({ kind: 'configmaps', name: 'never' })
  const get = objects.get({ kind: 'configmaps', namespace: 'kube-public', name: 'gone-1' })
  await expect(get).rejects.toMatchObject({ code: 404, reason: 'NotFound' })
})

test('a manifest that lacks what every object has is named with what was expected', async () => {
  await expect(objects.apply('apiVersion: v1\nkind: Pod\n')).rejects.toThrow(
    'manifest 1: {"apiVersion":"v1","kind":"Pod"} (expected: text at metadata.name',
  )
  await expect(objects.apply([map('fine', {}), { kind: 'Pod' }])).rejects.toThrow('manifest 2: {"kind":"Pod"}')
  const unknown = { apiVersion: 'v1', kind: 'Pot', metadata: { name: 'tea' } }
  await expect(objects.apply(unknown)).rejects.toThrow('v1 Pot (expected: a kind that the API server knows)')
})

test('an option that cannot be is named with what was expected', async () => {
  await expect(objects.list({ kind: 'pots' as 'pods' })).rejects.toThrow(
    'kind: pots (expected: nodes, namespaces, pods',
  )
  await expect(objects.until({ kind: 'pods' }, () => true, { deadlineMs: 0 })).rejects.toThrow(
    'deadlineMs: 0 (expected',
  )
  expect(() => Objects.fromKubeconfig('/none')).toThrow('kubeconfig: /none (expected: the path of a file)')
  const options = { server: cluster.server, certificateAuthority: '/none', token: '' }
  expect(() => Objects.at(options)).toThrow('certificateAuthority: /none (expected: PEM')
})

test('a wait resolves with the first state that fulfils it, also one that is true at once', async () => {
  const query = { kind: 'configmaps', labelSelector: 'of=awaited' } as const
  expect(await objects.until(query, ({ length }) => length === 0)).toEqual([])
  const wait = objects.until(query, ([first]) => first?.data?.step === '2')
  for (const step of ['1', '2', '3']) await objects.apply(map('awaited', { step }))
  expect((await wait).map(({ data }) => data)).toEqual([{ step: '2' }])
})

test('a wait that comes to its deadline says what for, and what there was', async () => {
  await objects.apply(slice('late', { '198.18.0.1': true, '198.18.0.2': false }))
  const query = { kind: 'endpointslices', labelSelector: 'kubernetes.io/service-name=late' } as const
  const wait = objects.until(query, ([first]) => first?.endpoints?.length === 3, { deadlineMs: 1 })
  await expect(wait).rejects.toThrow(/^waited 1 ms for \(\[first\]\) => first\?\.endpoints\?\.length === 3\n/)
  // The second state is a promise that nothing else changed: the deadline has to be behind the first list.
  using recording = await objects.record(query)
  const states = recording.until(({ length }) => length > 1, { deadlineMs: 1, what: 'a second state' })
  await expect(states).rejects.toThrow(
    'waited 1 ms for a second state\nof /apis/discovery.k8s.io/v1/namespaces/default/endpointslices ' +
      'kubernetes.io/service-name=late; state 1, the last one:\n  late: 198.18.0.1 [ready]; 198.18.0.2 []',
  )
})

test('what a condition throws ends the wait', async () => {
  const wait = objects.until({ kind: 'nodes' }, (nodes) => {
    throw new Error(`${nodes.length} nodes`)
  })
  await expect(wait).rejects.toThrow('2 nodes')
})

test('a recording has every state of its query in order, and none of others', async () => {
  using recording = await objects.record({ kind: 'endpointslices', labelSelector: 'kubernetes.io/service-name=story' })
  await objects.apply(slice('other', { '198.18.0.9': true }))
  await objects.apply(slice('story', { '198.18.0.1': true }))
  await objects.apply(slice('story', { '198.18.0.1': false }))
  await objects.remove({ kind: 'endpointslices', name: 'story' })
  const states = await recording.until((states) => states.length > 1 && states.at(-1)?.length === 0)
  const words = states.map((state) => state.map(({ endpoints }) => endpoints?.[0]?.conditions?.ready))
  expect(words).toEqual([[], [true], [false], []])
})

test('a recording that is disposed ends, and whoever waits on it is told', async () => {
  const recording = await objects.record({ kind: 'nodes' })
  const wait = recording.until(() => false)
  recording[Symbol.dispose]()
  await expect(wait).rejects.toThrow('the recording has been disposed')
})

test('kinds that are not in the table are asked for by path', async () => {
  const daemonSet = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: every }
spec:
  selector: { matchLabels: { app: every } }
  template:
    metadata: { labels: { app: every } }
    spec: { containers: [{ name: main, image: none }] }
`
  await objects.apply(daemonSet)
  const path = '/apis/apps/v1/namespaces/default/daemonsets'
  const found = await objects.until({ path }, ({ length }) => length === 1)
  expect(found[0]?.metadata?.name).toBe('every')
  await objects.remove({ path, name: 'every' })
})

test('a second user sees what it is granted; what it is not is a refusal with code and reason', async () => {
  await objects.apply(`
{ apiVersion: v1, kind: ServiceAccount, metadata: { name: reader } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader }
rules: [{ apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: reader, namespace: default }]
`)
  const reader = objects.as(await objects.token('reader'))
  expect(await reader.until({ kind: 'endpointslices' }, ({ length }) => length > 0)).not.toEqual([])
  const refused = { code: 403, reason: 'Forbidden', message: expect.stringContaining('default:reader" cannot list') }
  await expect(reader.list({ kind: 'pods' })).rejects.toMatchObject(refused)
  // Neither waits for its deadline.
  await expect(reader.until({ kind: 'pods' }, () => true)).rejects.toBeInstanceOf(Refusal)
  await expect(reader.record({ kind: 'pods' })).rejects.toMatchObject(refused)
  await expect(objects.as('nobody').list({ kind: 'pods' })).rejects.toMatchObject({ code: 401, reason: 'Unauthorized' })
})

test('a server is reached by address, certificate and token, and by no other certificate', async () => {
  const path = join(cluster.folder, 'pki/apiserver.crt')
  const { server } = cluster
  for (const certificateAuthority of [path, readFileSync(path, 'utf8')]) {
    const direct = Objects.at({ server, certificateAuthority, token: 'admin-token' })
    expect((await direct.get({ kind: 'nodes', name: 'node-1' })).metadata?.name).toBe('node-1')
  }
  const folder = mkdtempSync(join(tmpdir(), 'objects-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const other = join(folder, 'other.pem')
  writeFileSync(other, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n')
  await expect(
    Objects.at({ server, certificateAuthority: other, token: 'admin-token' }).list({ kind: 'nodes' }),
  ).rejects.toThrow()
})

test('waits and recordings go on over a restart of the API server, and hide no state of it', async () => {
  const query = { kind: 'configmaps', labelSelector: 'of=restart' } as const
  using recording = await objects.record(query)
  const wait = objects.until(query, ([first]) => first?.data?.step === '2')
  await objects.apply(map('restart', { step: '1' }))
  await recording.until(({ length }) => length === 2)
  const server = cluster.component('kube-apiserver')
  server.signal('SIGKILL')
  await server.stop()
  await server.start()
  await objects.apply(map('restart', { step: '2' }))
  expect((await wait).length).toBe(1)
  const states = await recording.until((states) => states.at(-1)?.[0]?.data?.step === '2')
  expect(states.map(([first]) => first?.data?.step)).toEqual([undefined, '1', '2'])
})

/** A server that lists and watches as it is told, each answer once and in order. @returns the objects there, and what was asked */
async function scripted(answers: readonly ((response: ServerResponse) => void)[]) {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://server')
    const answer = answers[asked.length]
    asked.push(searchParams.has('watch') ? `watch from ${searchParams.get('resourceVersion')}` : 'list')
    // Behind the last answer a watch stays open.
    if (answer === undefined) response.writeHead(200).flushHeaders()
    else answer(response)
  }).listen(8061, '198.18.0.61')
  await once(server, 'listening')
  const folder = mkdtempSync(join(tmpdir(), 'scripted-'))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, 'kubeconfig')
  const config = {
    clusters: [{ name: 'scripted', cluster: { server: 'http://198.18.0.61:8061', 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'user', user: {} }],
    contexts: [{ name: 'scripted', context: { cluster: 'scripted', user: 'user' } }],
    'current-context': 'scripted',
  }
  writeFileSync(path, JSON.stringify(config))
  return { objects: Objects.fromKubeconfig(path), asked }
}

/** A ConfigMap as such a server writes it. */
function written(name: string, resourceVersion: string): object {
  return { metadata: { name, namespace: 'default', resourceVersion } }
}

const list =
  (resourceVersion: string, ...items: readonly object[]) =>
  (response: ServerResponse): void =>
    void response.end(JSON.stringify({ metadata: { resourceVersion }, items }))

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`

test('a watch that breaks in the middle of an event goes on from the last version that was whole', async () => {
  const broken = (response: ServerResponse): void => {
    const half = event('ADDED', written('schön', '13')).slice(0, -20)
    response.write(event('ADDED', written('added', '12')) + event('BOOKMARK', written('', '20')) + half, () =>
      response.destroy(),
    )
  }
  // The bytes of one letter come apart.
  const apart = (response: ServerResponse): void => {
    const bytes = Buffer.from(event('ADDED', written('schön', '21')))
    const at = bytes.indexOf('ö') + 1
    response.write(bytes.subarray(0, at), () => response.write(bytes.subarray(at)))
  }
  const { objects, asked } = await scripted([list('10', written('first', '9')), broken, apart])
  using recording = await objects.record({ kind: 'configmaps' })
  const states = await recording.until(({ length }) => length === 3)
  expect(states.map((state) => state.map(({ metadata }) => metadata?.name))).toEqual([
    ['first'],
    ['added', 'first'],
    ['added', 'first', 'schön'],
  ])
  expect(asked).toEqual(['list', 'watch from 10', 'watch from 20'])
})

test('versions that the server has forgotten, said at once or within a watch, lead to a new list', async () => {
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }
  const within = (response: ServerResponse): void => void response.end(event('ERROR', gone))
  const atOnce = (response: ServerResponse): void => void response.writeHead(410).end(JSON.stringify(gone))
  const { objects, asked } = await scripted([
    list('10', written('first', '9')),
    within,
    // Nothing has changed, so there is no new state.
    list('30', written('first', '9')),
    atOnce,
    list('50', written('first', '40'), written('second', '41')),
  ])
  using recording = await objects.record({ kind: 'configmaps' })
  const states = await recording.until((states) => states.at(-1)?.length === 2)
  expect(states.map((state) => state.map(({ metadata }) => metadata?.resourceVersion))).toEqual([['9'], ['40', '41']])
  expect(asked.slice(0, 5)).toEqual(['list', 'watch from 10', 'list', 'watch from 30', 'list'])
})

test('a server that is not ready yet is asked again, and a wait that never gets a list says its last trouble', async () => {
  const later = (response: ServerResponse): void => void response.writeHead(503).end('not yet')
  const { objects } = await scripted([later, later, list('10')])
  expect(await objects.until({ kind: 'configmaps' }, () => true)).toEqual([])
  const certificateAuthority = join(cluster.folder, 'pki/apiserver.crt')
  const never = Objects.at({ server: 'https://198.18.0.62:9', certificateAuthority, token: '' })
  const wait = never.until({ kind: 'pods' }, () => true, { deadlineMs: 300, what: 'a miracle' })
  await expect(wait).rejects.toThrow(
    /^waited 300 ms for a miracle\nof \/api\/v1\/namespaces\/default\/pods; state 0, the last one:\n {2}\(never listed\)\nlast trouble: .*fetch failed/,
  )
  // What no second attempt would mend is not waited for.
  const plain = Objects.at({ server: 'http://198.18.0.61:8061', certificateAuthority, token: '' })
  await expect(plain.until({ kind: 'pods' }, () => true)).rejects.toThrow('HTTP protocol is not allowed')
})
