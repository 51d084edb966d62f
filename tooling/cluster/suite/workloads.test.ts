import { expect } from 'vitest'
import { countsOf } from './support/counts.ts'
import { factsOf, type Place } from './support/fact.ts'
import { is, podWhen } from './support/pod-states.ts'
import { deployment, server, service } from './support/pods.ts'

const fact = factsOf()
const docs = 'https://kubernetes.io/docs/concepts/workloads'

/** Restarts a Deployment of four and records its pods until all are new. */
async function rollout({ cluster, objects, namespace }: Place, maxSurge: number, maxUnavailable: number) {
  await objects.apply(deployment('users', 4, { strategy: { rollingUpdate: { maxSurge, maxUnavailable } } }), namespace)
  await cluster.kubectl(['rollout', 'status', 'deployment/users', '-n', namespace, '--timeout=60s'])
  const query = { kind: 'pods', namespace } as const
  using recording = await objects.record(query)
  const before = new Set(recording.states.at(-1)?.map(({ metadata }) => metadata?.name))
  await cluster.kubectl(['rollout', 'restart', 'deployment/users', '-n', namespace])
  await recording.until(
    (states) => {
      const pods = states.at(-1) ?? []
      return pods.length === 4 && pods.every((pod) => is(pod, 'Ready') && !before.has(pod.metadata?.name))
    },
    { what: 'four new pods' },
  )
  return countsOf(recording.states)
}

fact(
  'a rollout with maxSurge 1 and maxUnavailable 0 has at most five pods and never fewer than four available',
  `${docs}/controllers/deployment/#rolling-update-deployment`,
  async (place) => {
    const counts = await rollout(place, 1, 0)
    expect(Math.max(...counts.map(({ pods }) => pods))).toBe(5)
    expect(Math.min(...counts.map(({ available }) => available))).toBe(4)
  },
)

fact(
  'a rollout with maxUnavailable 1 and maxSurge 0 has at most four pods and never fewer than three available',
  `${docs}/controllers/deployment/#rolling-update-deployment`,
  async (place) => {
    const counts = await rollout(place, 0, 1)
    expect(Math.max(...counts.map(({ pods }) => pods))).toBe(4)
    expect(Math.min(...counts.map(({ available }) => available))).toBe(3)
  },
)

fact(
  'a rollout whose new pods never get ready stops, and the old pods stay',
  `${docs}/controllers/deployment/#failed-deployment`,
  async ({ objects, namespace }) => {
    const spec = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, progressDeadlineSeconds: 3 }
    await objects.apply(deployment('users', 2, spec), namespace)
    const query = { kind: 'pods', namespace } as const
    await objects.until(query, (pods) => pods.length === 2 && pods.every((pod) => is(pod, 'Ready')))
    const never = server({ readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } })
    await objects.apply(deployment('users', 2, spec, { containers: [never] }), namespace)
    await objects.until({ kind: 'deployments', namespace }, ([users]) =>
      (users?.status?.conditions ?? []).some(({ reason }) => reason === 'ProgressDeadlineExceeded'),
    )
    const pods = await objects.list(query)
    expect(pods.map((pod) => is(pod, 'Ready')).sort()).toEqual([false, true, true])
  },
)

fact(
  'pods of a StatefulSet come one after another, keep their names as host names, and go from the highest on',
  `${docs}/controllers/statefulset/#deployment-and-scaling-guarantees`,
  async (place) => {
    const { cluster, objects, namespace } = place
    const template = {
      metadata: { labels: { app: 'server' } },
      spec: { containers: [server()], terminationGracePeriodSeconds: 5 },
    }
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'server' } }, template },
    }
    using recording = await objects.record({ kind: 'pods', namespace })
    await objects.apply([service('db', { clusterIP: 'None' }), set], namespace)
    await recording.until((states) => states.at(-1)?.filter((pod) => is(pod, 'Ready')).length === 2)
    // The second one is made when the first one is ready.
    const second = recording.states.find((pods) => pods.some(({ metadata }) => metadata?.name === 'db-1'))
    expect(second?.map((pod) => [pod.metadata?.name, is(pod, 'Ready')])).toEqual([
      ['db-0', true],
      ['db-1', false],
    ])
    const { metadata, spec } = await objects.get({ kind: 'pods', namespace, name: 'db-0' })
    expect([spec?.hostname, spec?.subdomain]).toEqual(['db-0', 'db'])
    await objects.remove({ kind: 'pods', namespace, name: 'db-0' })
    await podWhen(place, 'db-0', (pod) => pod.metadata?.uid !== metadata?.uid && is(pod, 'Ready'), 'is there anew')
    await cluster.kubectl(['scale', 'statefulset/db', '--replicas=1', '-n', namespace])
    await recording.until(
      (states) =>
        states
          .at(-1)
          ?.map((pod) => pod.metadata?.name)
          .join() === 'db-0',
    )
  },
)

fact(
  'init containers run one after another before the others, and a sidecar is ended after the others',
  `${docs}/pods/sidecar-containers/`,
  async (place) => {
    const { cluster, objects, namespace } = place
    const say = (name: string, script: string, more: object = {}) => ({
      ...{ name, image: 'none', command: ['sh', '-c', script] },
      ...more,
    })
    // A shared file says in which order things happened.
    const volume = { volumeMounts: [{ name: 'notes', mountPath: '/notes' }] }
    const onTerm = (name: string) =>
      `echo ${name} begins >>/notes/order; trap 'echo ${name} ends >>/notes/order; cat /notes/order; exit 0' TERM; while :; do sleep 0.1; done`
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one' },
      spec: {
        volumes: [{ name: 'notes', emptyDir: {} }],
        restartPolicy: 'Never',
        initContainers: [
          say('first', 'echo first >>/notes/order', volume),
          say('side', onTerm('side'), { ...volume, restartPolicy: 'Always' }),
          say('second', 'echo second >>/notes/order', volume),
        ],
        containers: [say('main', 'until grep -q side /notes/order; do :; done; echo main >>/notes/order', volume)],
      },
    }
    await objects.apply(pod, namespace)
    await podWhen(place, 'one', ({ status }) => status?.phase === 'Succeeded', 'has succeeded')
    const logged = await cluster.kubectl(['logs', 'one', '-c', 'side', '-n', namespace])
    const order = logged.trim().split('\n')
    expect(order.filter((line) => line !== 'side begins')).toEqual(['first', 'second', 'main', 'side ends'])
    expect(order.indexOf('side begins')).toBeGreaterThan(order.indexOf('first'))
  },
)

fact(
  'a pod that may not be restarted is Succeeded or Failed by its exit code',
  `${docs}/pods/pod-lifecycle/#pod-phase`,
  async (place) => {
    const { objects, namespace } = place
    for (const [name, code] of [
      ['well', 0],
      ['badly', 3],
    ] as const) {
      const containers = [{ name: 'main', image: 'none', command: ['sh', '-c', `exit ${code}`] }]
      const spec = { restartPolicy: 'Never', containers }
      await objects.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }, namespace)
      const phase = code === 0 ? 'Succeeded' : 'Failed'
      const { status } = await podWhen(place, name, (pod) => pod.status?.phase === phase, `is ${phase}`)
      expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(code)
    }
  },
)

fact(
  'the scheduler obeys a node selector, also one for a zone',
  'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector',
  async (place) => {
    const { objects, namespace } = place
    const spec = { nodeSelector: { 'topology.kubernetes.io/zone': 'zone-b' } }
    await objects.apply(deployment('users', 3, {}, spec), namespace)
    const pods = await objects.until(
      { kind: 'pods', namespace },
      (all) => all.filter((pod) => is(pod, 'Ready')).length === 3,
    )
    expect(pods.map((pod) => pod.spec?.nodeName)).toEqual(['node-2', 'node-2', 'node-2'])
  },
)
