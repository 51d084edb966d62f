import { expect } from 'vitest'
import { factsOf } from './support/fact.ts'
import { readyPod } from './support/pod-states.ts'
import { ask, deployment, pod, server, service } from './support/pods.ts'
import { endpointsOf, letters, lettersOf, slicesOf } from './support/slices.ts'

const fact = factsOf()
// Nothing listens there.
const neverReady = { tcpSocket: { port: 9 }, periodSeconds: 1 }
fact(
  'a deleted pod is ready, then serving and terminating, then gone',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1672-tracking-terminating-endpoints',
  async (place) => {
    const { objects, namespace } = place
    // It is probed until it has ended; one probe that finds nobody there must not count.
    const readinessProbe = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 3 }
    await readyPod(place, 'one', {
      containers: [server({ readinessProbe, env: [{ name: 'TERM_MS', value: '1500' }] })],
    })
    await objects.apply(service('users'), namespace)
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).includes('RS'))
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await recording.until((states) => lettersOf(states).includes('ST') && lettersOf(states).at(-1) === '')
    const told = lettersOf(recording.states)
    expect(told.slice(told.indexOf('RS'))).toEqual(['RS', 'ST', ''])
  },
)

fact(
  'a failing readiness probe turns ready and serving off and on again, without terminating',
  'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions',
  async (place) => {
    const { objects, namespace } = place
    const address = await readyPod(place, 'one')
    await objects.apply(service('users'), namespace)
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).at(-1) === 'RS')
    await ask(address, '/ready/off', { method: 'POST' })
    await recording.until((states) => lettersOf(states).at(-1) === '-')
    await ask(address, '/ready/on', { method: 'POST' })
    await recording.until((states) => lettersOf(states).at(-1) === 'RS')
    expect(lettersOf(recording.states).slice(-3)).toEqual(['RS', '-', 'RS'])
  },
)

fact(
  'publishNotReadyAddresses makes every endpoint ready, whatever its probe says',
  'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions',
  async ({ objects, namespace }) => {
    await objects.apply(pod('one', { containers: [server({ readinessProbe: neverReady })] }), namespace)
    await objects.apply([service('usual'), service('early', { publishNotReadyAddresses: true })], namespace)
    const [early] = await objects.until(slicesOf(namespace, 'early'), (slices) => endpointsOf(slices).length === 1)
    const [usual] = await objects.until(slicesOf(namespace, 'usual'), (slices) => endpointsOf(slices).length === 1)
    expect(endpointsOf([early as never]).map(({ conditions }) => conditions?.ready)).toEqual([true])
    expect(endpointsOf([usual as never]).map(({ conditions }) => conditions?.ready)).toEqual([false])
  },
)

fact(
  'a named target port may have another number on each pod: each number has slices of its own',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/0752-endpointslices',
  async (place) => {
    const { objects, namespace } = place
    const at = (port: number) =>
      server({
        env: [{ name: 'PORT', value: String(port) }],
        ports: [{ name: 'http', containerPort: port }],
      })
    const addresses = [
      await readyPod(place, 'one', { containers: [at(8081)] }),
      await readyPod(place, 'two', { containers: [at(8082)] }),
    ]
    await objects.apply(service('users'), namespace)
    const slices = await objects.until(slicesOf(namespace, 'users'), (all) => endpointsOf(all).length === 2)
    const found = slices.flatMap(({ ports, endpoints }) =>
      (endpoints ?? []).map(({ addresses: [address] }) => `${address}:${ports?.map(({ port }) => port)}`),
    )
    expect(found.sort()).toEqual([`${addresses[0]}:8081`, `${addresses[1]}:8082`].sort())
    expect(new Set(slices.flatMap(({ ports }) => (ports ?? []).map(({ name }) => name)))).toEqual(new Set(['http']))
  },
)

fact(
  'a pod that is relabelled out of the selector vanishes without terminating, and runs on',
  'https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#isolating-pods-from-a-replicaset',
  async (place) => {
    const { objects, namespace } = place
    const address = await readyPod(place, 'one')
    await objects.apply(service('users'), namespace)
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).at(-1) === 'RS')
    await objects.patch({ kind: 'pods', namespace, name: 'one' }, { metadata: { labels: { app: 'other' } } })
    await recording.until((states) => lettersOf(states).at(-1) === '')
    expect(lettersOf(recording.states).slice(-2)).toEqual(['RS', ''])
    expect((await ask(address)).status).toBe(200)
  },
)

fact(
  'a relabelled pod moves to the Service that selects it now',
  'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  async (place) => {
    const { objects, namespace } = place
    await readyPod(place, 'one')
    await objects.apply([service('users'), service('others', { selector: { app: 'other' } })], namespace)
    await objects.until(slicesOf(namespace, 'users'), (slices) => endpointsOf(slices).length === 1)
    await objects.patch({ kind: 'pods', namespace, name: 'one' }, { metadata: { labels: { app: 'other' } } })
    const moved = await objects.until(slicesOf(namespace, 'others'), (slices) => endpointsOf(slices).length === 1)
    expect(endpointsOf(moved).map(letters)).toEqual(['RS'])
    expect(
      endpointsOf(await objects.until(slicesOf(namespace, 'users'), (all) => endpointsOf(all).length === 0)),
    ).toEqual([])
  },
)

fact(
  'an edited selector exchanges the endpoints of a Service',
  'https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes',
  async (place) => {
    const { objects, namespace } = place
    const blue = await readyPod(place, 'blue', {}, { colour: 'blue' })
    const green = await readyPod(place, 'green', {}, { colour: 'green' })
    await objects.apply(service('users', { selector: { colour: 'blue' } }), namespace)
    const namesOf = (slices: Parameters<typeof endpointsOf>[0]) =>
      endpointsOf(slices).map(({ addresses: [one] }) => one)
    await objects.until(slicesOf(namespace, 'users'), (slices) => namesOf(slices).join() === blue)
    await objects.apply(service('users', { selector: { colour: 'green' } }), namespace)
    const after = await objects.until(slicesOf(namespace, 'users'), (slices) => namesOf(slices).join() === green)
    expect(namesOf(after)).toEqual([green])
  },
)

fact(
  'slices of a headless Service say so, and every slice names its Service and who manages it',
  'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management',
  async (place) => {
    const { objects, namespace } = place
    await readyPod(place, 'one')
    await objects.apply([service('usual'), service('headless', { clusterIP: 'None' })], namespace)
    for (const [name, headless] of [
      ['usual', undefined],
      ['headless', ''],
    ] as const) {
      const [slice] = await objects.until(slicesOf(namespace, name), (slices) => endpointsOf(slices).length === 1)
      expect(slice?.metadata?.labels).toMatchObject({
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      })
      expect(slice?.metadata?.labels?.['service.kubernetes.io/headless']).toBe(headless)
    }
  },
)

fact(
  'a Service whose selector finds nobody has a slice without endpoints; one without a selector has none',
  'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  async ({ objects, namespace }) => {
    await objects.apply([{ ...service('own'), spec: { ports: [{ port: 80 }] } }, service('nobody')], namespace)
    const [empty] = await objects.until(slicesOf(namespace, 'nobody'), (slices) => slices.length === 1)
    expect(endpointsOf([empty as never])).toEqual([])
    // The controller has seen both by now: it took them in the order in which they were made.
    expect(await objects.list(slicesOf(namespace, 'own'))).toEqual([])
  },
)

fact(
  'a slice that somebody wrote for a Service without a selector is left as it is',
  'https://kubernetes.io/docs/concepts/services-networking/service/#custom-endpointslices',
  async ({ objects, namespace }) => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'own-1', labels: { 'kubernetes.io/service-name': 'own' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 5432, protocol: 'TCP' }],
      endpoints: [{ addresses: ['198.18.200.1'] }],
    }
    await objects.apply([{ ...service('own'), spec: { ports: [{ port: 5432 }] } }, slice, service('after')], namespace)
    await objects.until(slicesOf(namespace, 'after'), (slices) => slices.length === 1)
    const [kept] = await objects.list(slicesOf(namespace, 'own'))
    expect(kept?.endpoints).toEqual([{ addresses: ['198.18.200.1'], conditions: {} }])
  },
)

fact(
  'the API server refuses loopback and link-local addresses in slices',
  'https://kubernetes.io/docs/concepts/services-networking/service/#custom-endpointslices',
  async ({ objects, namespace }) => {
    for (const address of ['127.0.0.1', '169.254.169.254']) {
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'own-1' },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address] }],
      }
      await expect(objects.apply(slice, namespace)).rejects.toMatchObject({ code: 422, reason: 'Invalid' })
    }
  },
)

fact(
  'endpoints tell node and zone of their pods, and PreferSameZone adds hints with that zone',
  'https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution',
  async ({ objects, namespace }) => {
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'users' } },
        },
      ],
    }
    const more = { selector: { app: 'users' }, trafficDistribution: 'PreferSameZone' }
    await objects.apply([deployment('users', 3, {}, spread), service('users', more)], namespace)
    const slices = await objects.until(slicesOf(namespace, 'users'), (all) => {
      const endpoints = endpointsOf(all)
      return endpoints.length === 3 && endpoints.every((one) => letters(one) === 'RS' && one.hints !== undefined)
    })
    const told = endpointsOf(slices).map(({ nodeName, zone, hints }) => [nodeName, zone, hints?.forZones])
    expect(told.sort()).toEqual([
      ['node-1', 'zone-a', [{ name: 'zone-a' }]],
      ['node-2', 'zone-b', [{ name: 'zone-b' }]],
      ['node-3', 'zone-c', [{ name: 'zone-c' }]],
    ])
  },
)

fact(
  'PreferSameNode adds hints with the node as well',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3015-prefer-same-node',
  async (place) => {
    const { objects, namespace } = place
    await readyPod(place, 'one', { nodeName: 'node-2' })
    await objects.apply(service('users', { trafficDistribution: 'PreferSameNode' }), namespace)
    const slices = await objects.until(slicesOf(namespace, 'users'), (all) => endpointsOf(all)[0]?.hints !== undefined)
    expect(endpointsOf(slices)[0]?.hints).toEqual({ forNodes: [{ name: 'node-2' }], forZones: [{ name: 'zone-b' }] })
  },
)

fact(
  'slices of a deleted Service are collected',
  'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership',
  async ({ objects, namespace }) => {
    await objects.apply(service('users'), namespace)
    await objects.until(slicesOf(namespace, 'users'), (slices) => slices.length === 1)
    await objects.remove({ kind: 'services', namespace, name: 'users' })
    expect(await objects.until(slicesOf(namespace, 'users'), (slices) => slices.length === 0)).toEqual([])
  },
)

fact(
  'a rollout replaces endpoints one by one, and each old one serves on while it terminates',
  'https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/',
  async (place) => {
    const { cluster, objects, namespace } = place
    const calm = { containers: [server({ env: [{ name: 'TERM_MS', value: '1000' }] })] }
    const spec = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }
    await objects.apply(
      [deployment('users', 2, spec, calm), service('users', { selector: { app: 'users' } })],
      namespace,
    )
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).at(-1) === 'RS RS')
    const from = recording.states.length - 1
    await cluster.kubectl(['rollout', 'restart', 'deployment/users', '-n', namespace])
    const fromThen = () => recording.states.slice(from)
    await recording.until(() => lettersOf(fromThen()).filter((state) => state.includes('ST')).length > 0)
    await recording.until(() => lettersOf(fromThen()).at(-1) === 'RS RS' && replaced(fromThen()))
    // Never fewer than two are ready, and whoever leaves is seen as serving and terminating.
    expect(
      Math.min(...fromThen().map((slices) => endpointsOf(slices).filter((one) => letters(one) === 'RS').length)),
    ).toBe(2)
  },
)

/** Whether the last state has none of the endpoints of the first. */
function replaced(states: readonly Parameters<typeof endpointsOf>[0][]): boolean {
  const names = (slices: Parameters<typeof endpointsOf>[0] = []) =>
    endpointsOf(slices).map(({ targetRef }) => targetRef?.name)
  const before = new Set(names(states[0]))
  return names(states.at(-1)).every((name) => !before.has(name))
}
