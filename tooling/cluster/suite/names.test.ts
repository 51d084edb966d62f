import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { addresses } from '../src/index.ts'
import { eventually, rejection } from './support/eventually.ts'
import { factsOf } from './support/fact.ts'
import { environmentOf, fileOf, lookupIn, readResolvConf, resolvConfOf } from './support/inside.ts'
import { addressesOf, dns, nameIn } from './support/names.ts'
import { is, podWhen, readyPod } from './support/pod-states.ts'
import { ask, pod, server, service } from './support/pods.ts'
import { clusterIpOf } from './support/services.ts'
import { endpointsOf, letters, slicesOf } from './support/slices.ts'

const specification = 'https://github.com/kubernetes/dns/blob/master/docs/specification.md'
const dnsPage = 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/'
const fact = factsOf()
// Nothing listens there.
const neverReady = { tcpSocket: { port: 9 }, periodSeconds: 1 }

fact('the name of a Service has its virtual address', `${specification}#231---a-record`, async (place) => {
  const { objects, namespace } = place
  await objects.apply(service('users'), namespace)
  const address = await clusterIpOf(place, 'users')
  expect(address).toMatch(/^198\.19\./)
  await eventually(async () => expect(await addressesOf(nameIn(namespace, 'users'))).toEqual([address]))
})

fact(
  'the name of a headless Service has its ready pods; publishNotReadyAddresses adds the others',
  `${specification}#241---a-records`,
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(pod('late', { containers: [server({ readinessProbe: neverReady })] }), namespace)
    await objects.apply(
      [
        service('users', { clusterIP: 'None' }),
        service('early', { clusterIP: 'None', publishNotReadyAddresses: true }),
      ],
      namespace,
    )
    const ready = await Promise.all([readyPod(place, 'one'), readyPod(place, 'two')])
    const slices = await objects.until(slicesOf(namespace, 'users'), (all) =>
      ['- RS RS'].includes(endpointsOf(all).map(letters).sort().join(' ')),
    )
    const all = endpointsOf(slices).flatMap((endpoint) => endpoint.addresses)
    await eventually(async () => expect(await addressesOf(nameIn(namespace, 'early'))).toEqual([...all].sort()))
    await eventually(async () => expect(await addressesOf(nameIn(namespace, 'users'))).toEqual([...ready].sort()))
  },
)

fact(
  'a headless Service without a ready pod has no name, and has it once a pod is ready',
  `${specification}#241---a-records`,
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(service('users', { clusterIP: 'None' }), namespace)
    const name = nameIn(namespace, 'users')
    await expect(dns.resolve4(name)).rejects.toMatchObject({ code: 'ENOTFOUND' })
    const address = await readyPod(place, 'one')
    await eventually(async () => expect(await addressesOf(name)).toEqual([address]))
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await eventually(async () => expect(await rejection(dns.resolve4(name))).toMatchObject({ code: 'ENOTFOUND' }))
  },
)

fact(
  'SRV of a named port of a Service names the Service and its port',
  `${specification}#232---srv-records`,
  async ({ objects, namespace }) => {
    await objects.apply(service('users'), namespace)
    const name = nameIn(namespace, 'users')
    const records = await eventually(() => dns.resolveSrv(`_http._tcp.${name}`))
    expect(records).toMatchObject([{ name, port: 80 }])
  },
)

fact(
  'SRV of a named port of a headless Service names each ready pod with the port of that pod',
  `${specification}#242---srv-records`,
  async (place) => {
    const { objects, namespace } = place
    const at = (hostname: string, port: number) => ({
      hostname,
      subdomain: 'users',
      containers: [
        server({
          env: [{ name: 'PORT', value: String(port) }],
          ports: [{ name: 'http', containerPort: port }],
        }),
      ],
    })
    await objects.apply(service('users', { clusterIP: 'None' }), namespace)
    const [first] = await Promise.all([
      readyPod(place, 'one', at('first', 8081)),
      readyPod(place, 'two', at('second', 8082)),
    ])
    await eventually(async () => {
      const records = await dns.resolveSrv(`_http._tcp.${nameIn(namespace, 'users')}`)
      expect(records.map(({ name, port }) => `${name}:${port}`).sort()).toEqual([
        `${nameIn(namespace, 'first.users')}:8081`,
        `${nameIn(namespace, 'second.users')}:8082`,
      ])
    })
    expect(await addressesOf(nameIn(namespace, 'first.users'))).toEqual([first])
  },
)

fact(
  'pods of a StatefulSet have names of their own, forwards and backwards, and know them',
  'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
  async (place) => {
    const { objects, namespace } = place
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'store' },
      spec: {
        serviceName: 'stores',
        replicas: 2,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { app: 'store' } },
        template: { metadata: { labels: { app: 'store' } }, spec: { containers: [server()] } },
      },
    }
    await objects.apply([service('stores', { clusterIP: 'None', selector: { app: 'store' } }), set], namespace)
    for (const name of ['store-0', 'store-1']) {
      const { status } = await podWhen(place, name, (one) => is(one, 'Ready'), 'is ready')
      const address = status?.podIP as string
      const full = nameIn(namespace, `${name}.stores`)
      await eventually(async () => expect(await addressesOf(full)).toEqual([address]))
      expect(await dns.resolvePtr(reverse(address))).toEqual([full])
      expect(await fileOf(address, '/etc/hosts')).toMatch(new RegExp(`^${address}\\s+${full}\\s+${name}$`, 'm'))
      expect(await fileOf(address, '/proc/sys/kernel/hostname')).toBe(`${name}\n`)
    }
  },
)

fact(
  'the full name of a pod with a subdomain is that of its host name in the Service',
  `${dnsPage}#pod-hostname-and-subdomain-field`,
  async (place) => {
    const address = await readyPod(place, 'one', { hostname: 'first', subdomain: 'users' })
    const { body } = await ask(address, '/name')
    expect(body).toBe(nameIn(place.namespace, 'first.users'))
  },
)

fact(
  'an ExternalName is a CNAME, and its address that of the name it stands for',
  `${specification}#25---records-for-external-name-services`,
  async (place) => {
    const { objects, namespace } = place
    const target = nameIn(namespace, 'users')
    const external = { ...service('elsewhere'), spec: { type: 'ExternalName', externalName: target } }
    await objects.apply([service('users'), external], namespace)
    const name = nameIn(namespace, 'elsewhere')
    await eventually(async () => expect(await dns.resolveCname(name)).toEqual([target]))
    const address = await clusterIpOf(place, 'users')
    await eventually(async () => expect(await addressesOf(name)).toEqual([address]))
  },
)

fact(
  'an unknown Service is no name at all (NXDOMAIN), a known one without that type an empty answer (NODATA)',
  'https://www.rfc-editor.org/rfc/rfc2308#section-2',
  async ({ objects, namespace }) => {
    await objects.apply(service('users'), namespace)
    await eventually(() => dns.resolve4(nameIn(namespace, 'users')))
    await expect(dns.resolve6(nameIn(namespace, 'users'))).rejects.toMatchObject({ code: 'ENODATA' })
    await expect(dns.resolve4(nameIn(namespace, 'nobody'))).rejects.toMatchObject({ code: 'ENOTFOUND' })
  },
)

fact('the address of a Service leads back to its name', `${specification}#233---ptr-record`, async (place) => {
  await place.objects.apply(service('users'), place.namespace)
  const address = await clusterIpOf(place, 'users')
  await eventually(async () =>
    expect(await dns.resolvePtr(reverse(address))).toEqual([nameIn(place.namespace, 'users')]),
  )
})

fact(
  'a pod asks cluster DNS, with the domains of its namespace and ndots:5, and finds Services by short names',
  `${dnsPage}#namespaces-of-services`,
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(service('users'), namespace)
    const address = await readyPod(place, 'one')
    const { nameservers, searches, options } = await resolvConfOf(address)
    expect(nameservers).toEqual([addresses.dns])
    // Those of the node come behind.
    expect(searches.slice(0, 3)).toEqual([`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'])
    expect(options).toContain('ndots:5')
    const found = [await clusterIpOf(place, 'users')]
    await eventually(() => dns.resolve4(nameIn(namespace, 'users')))
    for (const name of ['users', `users.${namespace}`, `users.${namespace}.svc`, nameIn(namespace, 'users')])
      expect(await lookupIn(address, name)).toEqual(found)
    await expect(lookupIn(address, 'users.default')).rejects.toThrow('ENOTFOUND')
  },
)

fact(
  'dnsPolicy Default asks whom the node asks; None asks whom dnsConfig says',
  `${dnsPage}#pod-s-dns-policy`,
  async (place) => {
    const dnsConfig = {
      nameservers: ['198.18.255.53'],
      searches: ['example.test'],
      options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    }
    const [usual, own] = await Promise.all([
      readyPod(place, 'usual', { dnsPolicy: 'Default' }),
      readyPod(place, 'own', { dnsPolicy: 'None', dnsConfig }),
    ])
    const { nameservers } = readResolvConf(readFileSync('/etc/resolv.conf', 'utf8'))
    const ofNode = await resolvConfOf(usual)
    expect(ofNode.nameservers).toEqual(nameservers)
    expect(ofNode.nameservers).not.toContain(addresses.dns)
    const { options, ...others } = await resolvConfOf(own)
    expect(others).toEqual({ nameservers: ['198.18.255.53'], searches: ['example.test'] })
    // In any order: the kubelet keeps them in a map of Go.
    expect([...options].sort()).toEqual(['edns0', 'ndots:2'])
  },
)

fact(
  'a pod has variables of the Services that were there before it, and none of later ones',
  'https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables',
  async (place) => {
    const { objects, namespace } = place
    await objects.apply([service('user-store'), service('headless', { clusterIP: 'None' })], namespace)
    const pods = [await readyPod(place, 'one'), await readyPod(place, 'two', { enableServiceLinks: false })]
    await objects.apply(service('later'), namespace)
    const host = await clusterIpOf(place, 'user-store')
    const [linked, alone] = await Promise.all(pods.map(environmentOf))
    expect(linked).toMatchObject({
      USER_STORE_SERVICE_HOST: host,
      USER_STORE_SERVICE_PORT: '80',
      USER_STORE_SERVICE_PORT_HTTP: '80',
      USER_STORE_PORT: `tcp://${host}:80`,
      USER_STORE_PORT_80_TCP: `tcp://${host}:80`,
      USER_STORE_PORT_80_TCP_PROTO: 'tcp',
      USER_STORE_PORT_80_TCP_PORT: '80',
      USER_STORE_PORT_80_TCP_ADDR: host,
    })
    expect(Object.keys(linked ?? {}).filter((name) => /^(HEADLESS|LATER)_/.test(name))).toEqual([])
    expect(Object.keys(alone ?? {}).filter((name) => name.startsWith('USER_STORE_'))).toEqual([])
    for (const environment of [linked, alone])
      expect(environment).toMatchObject({ KUBERNETES_SERVICE_HOST: '198.19.0.1', KUBERNETES_SERVICE_PORT: '443' })
  },
)

fact(
  'a pod may see its own fields as variables, among them the zone of its node',
  'https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields',
  async (place) => {
    const fields = {
      NAME: 'metadata.name',
      NAMESPACE: 'metadata.namespace',
      UID: 'metadata.uid',
      COLOUR: "metadata.labels['colour']",
      // Copied from the node when the pod is bound (KEP-4742).
      ZONE: "metadata.labels['topology.kubernetes.io/zone']",
      POD_IP: 'status.podIP',
      HOST_IP: 'status.hostIP',
      NODE: 'spec.nodeName',
      ACCOUNT: 'spec.serviceAccountName',
    }
    const env = Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }))
    const nodeSelector = { 'topology.kubernetes.io/zone': 'zone-b' }
    const address = await readyPod(place, 'one', { containers: [server({ env })], nodeSelector }, { colour: 'blue' })
    const { metadata } = await place.objects.get({ kind: 'pods', namespace: place.namespace, name: 'one' })
    expect(await environmentOf(address)).toMatchObject({
      NAME: 'one',
      NAMESPACE: place.namespace,
      UID: metadata?.uid,
      COLOUR: 'blue',
      ZONE: 'zone-b',
      POD_IP: address,
      HOST_IP: addresses.node(2),
      NODE: 'node-2',
      ACCOUNT: 'default',
    })
  },
)

fact(
  'a pod may see its labels as a file, which follows them while it runs',
  'https://kubernetes.io/docs/tasks/inject-data-application/downward-api-volume-expose-pod-information/#store-pod-fields',
  async (place) => {
    const { objects, namespace } = place
    const items = [
      { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
      { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
    ]
    const address = await readyPod(
      place,
      'one',
      {
        containers: [server({ volumeMounts: [{ name: 'info', mountPath: '/etc/podinfo' }] })],
        volumes: [{ name: 'info', downwardAPI: { items } }],
      },
      { colour: 'blue' },
    )
    expect(await fileOf(address, '/etc/podinfo/name')).toBe('one')
    expect((await fileOf(address, '/etc/podinfo/labels')).split('\n')).toContain('colour="blue"')
    await objects.patch({ kind: 'pods', namespace, name: 'one' }, { metadata: { labels: { colour: 'green' } } })
    await eventually(async () =>
      expect((await fileOf(address, '/etc/podinfo/labels')).split('\n')).toContain('colour="green"'),
    )
  },
)

fact(
  'a pod sees a ConfigMap as variables and as files, and a Secret as files',
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#add-configmap-data-to-a-volume',
  async (place) => {
    await place.objects.apply(
      [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings' },
          data: { LEVEL: 'high', 'a.txt': 'text\n' },
        },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'keys' },
          data: { key: Buffer.from('hidden').toString('base64') },
        },
      ],
      place.namespace,
    )
    const address = await readyPod(place, 'one', {
      containers: [
        server({
          env: [{ name: 'ONE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'LEVEL' } } }],
          envFrom: [{ configMapRef: { name: 'settings' } }],
          volumeMounts: [
            { name: 'settings', mountPath: '/settings' },
            { name: 'keys', mountPath: '/etc/keys' },
          ],
        }),
      ],
      volumes: [
        { name: 'settings', configMap: { name: 'settings' } },
        { name: 'keys', secret: { secretName: 'keys' } },
      ],
    })
    expect(await environmentOf(address)).toMatchObject({ ONE: 'high', LEVEL: 'high' })
    expect(await fileOf(address, '/settings/a.txt')).toBe('text\n')
    expect(await fileOf(address, '/etc/keys/key')).toBe('hidden')
  },
)

/** The name under which DNS has what an address is. */
function reverse(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`
}
