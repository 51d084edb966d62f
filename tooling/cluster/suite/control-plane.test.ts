import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { addresses, type Cluster, startCluster } from '../src/index.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
})

/** A server at an address of the pod network. */
async function serveAt(address: string): Promise<void> {
  const server = createServer((_, answer) => answer.setHeader('connection', 'close').end(address)).listen(8080, address)
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
}

/** A Service without a selector and the slice that says who serves it. */
function handMade(name: string, pods: readonly string[], more: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...more },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        endpoints: pods.map((pod) => ({ addresses: [pod], conditions: { ready: true } })),
      },
    ],
  })
}

/** What answers at the address; waits until something does, since rules come a moment after the slice. */
async function ask(address: string): Promise<string> {
  for (;;) {
    const socket = connect(80, address)
    try {
      await once(socket, 'connect')
    } catch {
      continue
    }
    socket.end('GET / HTTP/1.1\r\nhost: any\r\nconnection: close\r\n\r\n')
    return (await text(socket)).split('\r\n\r\n')[1] ?? ''
  }
}

test('nodes stand in their zones', async () => {
  const path = '{range .items[*]}{.metadata.name} {.metadata.labels.topology\\.kubernetes\\.io/zone};{end}'
  expect(await cluster.kubectl(['get', 'nodes', '-o', `jsonpath=${path}`])).toBe(
    'node-1 zone-a;node-2 zone-b;node-3 zone-c;',
  )
})

test('a Deployment gets its pods, and the scheduler places them', async () => {
  await cluster.kubectl(['create', 'deployment', 'placed', '--image=none', '--replicas=3'])
  await cluster.kubectl(['wait', 'pod', '-l', 'app=placed', '--for=condition=PodScheduled', '--timeout=30s'])
  const nodes = await cluster.kubectl(['get', 'pods', '-l', 'app=placed', '-o', 'jsonpath={.items[*].spec.nodeName}'])
  expect(new Set(nodes.split(' '))).toEqual(new Set(['node-1', 'node-2', 'node-3']))
})

test('a ClusterIP leads to the endpoints of its slices, and spreads connections', async () => {
  const pods = ['198.18.0.11', '198.18.0.12']
  for (const pod of pods) await serveAt(pod)
  await cluster.kubectl(['apply', '-f', '-'], handMade('virtual', pods))
  const address = await cluster.kubectl(['get', 'service', 'virtual', '-o', 'jsonpath={.spec.clusterIP}'])
  expect(address).toMatch(/^198\.19\./)
  const found = new Set<string>()
  // Each connection is a fair draw: one of the two stays unseen for 60 with a chance of 2 to the power of -59.
  for (let call = 0; call < 60; call++) found.add(await ask(address))
  expect(found).toEqual(new Set(pods))
})

test('cluster DNS names the pods of a headless Service', async () => {
  await cluster.kubectl(
    ['apply', '-f', '-'],
    handMade('headless', ['198.18.0.21', '198.18.0.22'], { clusterIP: 'None' }),
  )
  const resolver = new Resolver()
  resolver.setServers([addresses.dns])
  const ask = async (): Promise<readonly string[]> => {
    try {
      return await resolver.resolve4('headless.default.svc.cluster.local')
    } catch {
      // Its watch has not told it yet, and it keeps "no such name" for its TTL.
      return ask()
    }
  }
  expect(new Set(await ask())).toEqual(new Set(['198.18.0.21', '198.18.0.22']))
})

test('a service account may do what a Role lets it, and nothing else', async () => {
  await cluster.kubectl(['create', 'serviceaccount', 'reader'])
  await cluster.kubectl(['create', 'role', 'reader', '--verb=get,list,watch', '--resource=endpointslices'])
  await cluster.kubectl(['create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=default:reader'])
  const token = (await cluster.kubectl(['create', 'token', 'reader'])).trim()
  const as = (...words: readonly string[]): Promise<string> =>
    cluster.kubectl([
      ...words,
      `--token=${token}`,
      '--kubeconfig=/dev/null',
      `--server=${cluster.server}`,
      '--insecure-skip-tls-verify',
    ])
  expect(await as('get', 'endpointslices')).toContain('kubernetes')
  await expect(as('get', 'pods')).rejects.toThrow('pods is forbidden: User "system:serviceaccount:default:reader"')
})

test('a component that is stopped is gone and comes back with what it knew', async () => {
  const server = cluster.component('kube-apiserver')
  await server.stop()
  expect(server.pid).toBeUndefined()
  await expect(cluster.kubectl(['get', 'nodes'])).rejects.toThrow('refused')
  await server.start()
  expect(await cluster.kubectl(['get', 'node', 'node-2', '-o', 'name'])).toBe('node/node-2\n')
})

test('a component that cannot start says why', async () => {
  const proxy = cluster.component('kube-proxy')
  await expect(proxy.start()).rejects.toThrow('kube-proxy runs already')
  await expect(startCluster({ nodes: 0 })).rejects.toThrow('nodes: 0 (expected: a whole number from 1 to 32)')
  expect(() => cluster.component('kubelet' as never)).toThrow(
    'kubelet (expected: process-runtime, etcd, kube-apiserver',
  )
})

test('after its end no process and no file is left, and another one starts at the same addresses', async () => {
  const { folder } = cluster
  const pids = ['etcd', 'kube-apiserver', 'kube-proxy', 'coredns'].map((name) => cluster.component(name as 'etcd').pid)
  await cluster[Symbol.asyncDispose]()
  expect(pids.filter((pid) => pid === undefined || existsSync(`/proc/${pid}`))).toEqual([])
  expect(existsSync(folder)).toBe(false)
  cluster = await startCluster({
    nodes: 1,
    zones: ['only'],
    flags: { 'kube-apiserver': ['--feature-gates=WatchList=false'] },
  })
  expect(await cluster.kubectl(['get', 'nodes', '-o', 'name'])).toBe('node/node-1\n')
})
