import { expect } from 'vitest'
import { available, wanted } from './support/counts.ts'
import { factsOf, type Place } from './support/fact.ts'
import { is, podWhen } from './support/pod-states.ts'
import { ask, deployment, pod, server, service } from './support/pods.ts'
import { shell } from './support/shell.ts'

const fact = factsOf()
const docs = 'https://kubernetes.io/docs/concepts/workloads'
const scheduling = 'https://kubernetes.io/docs/concepts/scheduling-eviction'
// A busy machine makes no rollout look as if it took a pod away.
const steady = server({ readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 } })
const idle = { name: 'main', image: 'none', command: ['sleep', '1000'] }
// It does not hear SIGTERM.
const quickEnd = { terminationGracePeriodSeconds: 0 }

/** A StatefulSet `db` of servers. */
function statefulSet(replicas: number): object {
  const labels = { app: 'server' }
  const template = { metadata: { labels }, spec: { containers: [steady], terminationGracePeriodSeconds: 5 } }
  const spec = { serviceName: 'db', replicas, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec }
}

/** A Job that runs a line of shell once. */
function job(name: string, script: string): object {
  const spec = { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [shell(script)] } } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec }
}

/** Restarts a Deployment of four and records what is asked for and what is there, until all pods are new. */
async function rollout({ cluster, objects, namespace }: Place, maxSurge: number, maxUnavailable: number) {
  const strategy = { rollingUpdate: { maxSurge, maxUnavailable } }
  await objects.apply(deployment('users', 4, { strategy }, { containers: [steady] }), namespace)
  await cluster.kubectl(['rollout', 'status', 'deployment/users', '-n', namespace, '--timeout=60s'])
  const query = { kind: 'pods', namespace } as const
  using sets = await objects.record({ kind: 'replicasets', namespace })
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
  // The controller counts what it asks for. A pod that is not wanted any more may be deleted later than its successor is made, so that for a moment there
  // are more pods than the document says.
  return { wanted: wanted(sets.states), available: available(recording.states) }
}

fact(
  'a rollout with maxSurge 1 and maxUnavailable 0 asks for at most five pods and never has fewer than four available',
  `${docs}/controllers/deployment/#rolling-update-deployment`,
  async (place) => {
    const counts = await rollout(place, 1, 0)
    expect(Math.max(...counts.wanted)).toBe(5)
    expect(Math.min(...counts.available)).toBe(4)
  },
)

fact(
  'a rollout with maxUnavailable 1 and maxSurge 0 asks for at most four pods and never has fewer than three available',
  `${docs}/controllers/deployment/#rolling-update-deployment`,
  async (place) => {
    const counts = await rollout(place, 0, 1)
    expect(Math.max(...counts.wanted)).toBe(4)
    expect(Math.min(...counts.available)).toBe(3)
  },
)

fact(
  'a rollout whose new pods never get ready stops, and the old pods stay',
  `${docs}/controllers/deployment/#failed-deployment`,
  async ({ objects, namespace }) => {
    const spec = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }
    await objects.apply(deployment('users', 2, spec, { containers: [steady] }), namespace)
    const query = { kind: 'pods', namespace } as const
    const before = await objects.until(query, (pods) => pods.length === 2 && pods.every((pod) => is(pod, 'Ready')))
    const never = server({ readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } })
    // The first rollout has no such deadline, so that it cannot have missed it.
    const late = { ...spec, progressDeadlineSeconds: 3 }
    await objects.apply(deployment('users', 2, late, { containers: [never] }), namespace)
    await objects.until({ kind: 'deployments', namespace }, ([users]) =>
      (users?.status?.conditions ?? []).some(({ reason }) => reason === 'ProgressDeadlineExceeded'),
    )
    const pods = await objects.list(query)
    const namesOf = (those: typeof pods) => those.map(({ metadata }) => metadata?.name)
    expect(namesOf(pods.filter((pod) => is(pod, 'Ready')))).toEqual(namesOf(before))
    expect(pods.length).toBe(3)
  },
)

fact(
  'pods of a StatefulSet come one after another by ordinal and go in reverse, each when the one before is done',
  `${docs}/controllers/statefulset/#deployment-and-scaling-guarantees`,
  async ({ cluster, objects, namespace }) => {
    using recording = await objects.record({ kind: 'pods', namespace })
    await objects.apply([service('db', { clusterIP: 'None' }), statefulSet(3)], namespace)
    const isUp = () => recording.states.at(-1)?.filter((pod) => is(pod, 'Ready')).length === 3
    await recording.until(isUp, { what: 'three ready pods' })
    for (const count of [1, 2, 3]) {
      const [...first] = recording.states.find(({ length }) => length === count) ?? []
      expect(first.map(({ metadata }) => metadata?.name)).toEqual(['db-0', 'db-1', 'db-2'].slice(0, count))
      expect(first.slice(0, -1).every((pod) => is(pod, 'Ready'))).toBe(true)
    }
    const from = recording.states.length
    await cluster.kubectl(['scale', 'statefulset/db', '--replicas=0', '-n', namespace])
    await recording.until((states) => states.at(-1)?.length === 0, { what: 'no pods' })
    for (const pods of recording.states.slice(from)) {
      expect(pods.map(({ metadata }) => metadata?.name)).toEqual(['db-0', 'db-1', 'db-2'].slice(0, pods.length))
      // Only the last one may be leaving.
      expect(pods.slice(0, -1).filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)).toEqual([])
    }
  },
)

fact(
  'a pod of a StatefulSet keeps its name and its host name when it is made anew',
  `${docs}/controllers/statefulset/#stable-network-id`,
  async (place) => {
    const { objects, namespace } = place
    await objects.apply([service('db', { clusterIP: 'None' }), statefulSet(1)], namespace)
    const first = await podWhen(place, 'db-0', (pod) => is(pod, 'Ready'), 'is ready')
    const hostOf = async ({ status }: typeof first) => JSON.parse((await ask(status?.podIP as string)).body).host
    expect(await hostOf(first)).toBe('db-0')
    await objects.remove({ kind: 'pods', namespace, name: 'db-0' })
    const isNew = (pod: typeof first) => pod.metadata?.uid !== first.metadata?.uid && is(pod, 'Ready')
    const second = await podWhen(place, 'db-0', isNew, 'is there anew')
    expect([await hostOf(second), second.spec?.subdomain]).toEqual(['db-0', 'db'])
  },
)

fact(
  'init containers run one after another before the others, and a sidecar is ended after the others',
  `${docs}/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle`,
  async (place) => {
    const { cluster, objects, namespace } = place
    // A shared file says in which order things happened.
    const noting = (name: string, script: string, more: object = {}) =>
      shell(script, { name, volumeMounts: [{ name: 'notes', mountPath: '/notes' }], ...more })
    const side = [
      'trap "echo side ends >>/notes/order; cat /notes/order; exit 0" TERM',
      'echo side begins >>/notes/order',
      'while :; do sleep 0.1; done',
    ].join('\n')
    const spec = {
      volumes: [{ name: 'notes', emptyDir: {} }],
      restartPolicy: 'Never',
      initContainers: [
        noting('first', 'echo first >>/notes/order'),
        noting('side', side, { restartPolicy: 'Always' }),
        noting('second', 'echo second >>/notes/order'),
      ],
      containers: [
        noting('main', 'until grep -q "side begins" /notes/order; do sleep 0.1; done; echo main >>/notes/order'),
      ],
    }
    await objects.apply(pod('one', spec), namespace)
    await podWhen(place, 'one', ({ status }) => status?.phase === 'Succeeded', 'has succeeded')
    const logged = await cluster.kubectl(['logs', 'one', '-c', 'side', '-n', namespace])
    const order = logged.trim().split('\n')
    expect(order.filter((line) => line !== 'side begins')).toEqual(['first', 'second', 'main', 'side ends'])
    expect(order.indexOf('side begins')).toBeGreaterThan(order.indexOf('first'))
  },
)

fact(
  'a container that fails before it ends well is repeated within its pod if restartPolicy is OnFailure',
  `${docs}/pods/pod-lifecycle/#restart-policy`,
  async (place) => {
    const { objects, namespace } = place
    const script = 'test -e /flag/tried && exit 0; touch /flag/tried; exit 3'
    const spec = {
      restartPolicy: 'OnFailure',
      volumes: [{ name: 'flag', emptyDir: {} }],
      containers: [shell(script, { volumeMounts: [{ name: 'flag', mountPath: '/flag' }] })],
    }
    await objects.apply(pod('one', spec), namespace)
    const { status } = await podWhen(place, 'one', ({ status }) => status?.phase === 'Succeeded', 'has succeeded')
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 0 } } })
  },
)

fact(
  'a Job is complete when its pod has succeeded',
  `${docs}/controllers/job/#running-an-example-job`,
  async ({ cluster, objects, namespace }) => {
    await objects.apply(job('well', 'exit 0'), namespace)
    await cluster.kubectl(['wait', 'job/well', '--for=condition=Complete', '--timeout=60s', '-n', namespace])
    const [one, ...others] = await objects.list({ kind: 'pods', namespace, labelSelector: 'job-name=well' })
    expect([one?.status?.phase, others]).toEqual(['Succeeded', []])
    expect(one?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  },
)

fact(
  'a Job whose pod may not be restarted has failed with it, and the pod tells the exit code',
  `${docs}/controllers/job/#pod-backoff-failure-policy`,
  async ({ cluster, objects, namespace }) => {
    await objects.apply(job('badly', 'exit 3'), namespace)
    await cluster.kubectl(['wait', 'job/badly', '--for=condition=Failed', '--timeout=60s', '-n', namespace])
    const [one, ...others] = await objects.list({ kind: 'pods', namespace, labelSelector: 'job-name=badly' })
    expect([one?.status?.phase, others]).toEqual(['Failed', []])
    const [container] = one?.status?.containerStatuses ?? []
    expect(container).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 3, reason: 'Error' } } })
  },
)

fact(
  'the scheduler obeys a node selector for a zone',
  `${scheduling}/assign-pod-node/#nodeselector`,
  async ({ objects, namespace }) => {
    const spec = { nodeSelector: { 'topology.kubernetes.io/zone': 'zone-b' }, containers: [idle], ...quickEnd }
    await objects.apply(deployment('users', 3, {}, spec), namespace)
    const pods = await objects.until(
      { kind: 'pods', namespace },
      (all) => all.filter((pod) => is(pod, 'Ready')).length === 3,
    )
    expect(pods.map((pod) => pod.spec?.nodeName)).toEqual(['node-2', 'node-2', 'node-2'])
  },
)

fact(
  'a pod whose node selector fits no node is pending until one fits',
  `${scheduling}/assign-pod-node/#nodeselector`,
  async (place) => {
    const { objects, namespace } = place
    const label = { [namespace]: 'wanted' }
    await objects.apply(pod('one', { nodeSelector: label, containers: [idle], ...quickEnd }), namespace)
    const waiting = await podWhen(
      place,
      'one',
      ({ status }) => (status?.conditions ?? []).some(({ reason }) => reason === 'Unschedulable'),
      'fits nowhere',
    )
    expect([waiting.status?.phase, waiting.spec?.nodeName]).toEqual(['Pending', undefined])
    await objects.patch({ kind: 'nodes', name: 'node-3' }, { metadata: { labels: label } })
    const running = await podWhen(place, 'one', (one) => is(one, 'Ready'), 'runs')
    expect(running.spec?.nodeName).toBe('node-3')
  },
)

fact(
  'the scheduler spreads pods evenly over zones if a topology spread constraint says so',
  `${scheduling}/topology-spread-constraints/#spread-constraint-definition`,
  async ({ objects, namespace }) => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'users' } },
    }
    const spec = { topologySpreadConstraints: [constraint], containers: [idle], ...quickEnd }
    await objects.apply(deployment('users', 6, {}, spec), namespace)
    const pods = await objects.until(
      { kind: 'pods', namespace },
      (all) => all.filter((pod) => is(pod, 'PodScheduled')).length === 6,
    )
    const nodes = pods.map((pod) => pod.spec?.nodeName).sort()
    expect(nodes).toEqual(['node-1', 'node-1', 'node-2', 'node-2', 'node-3', 'node-3'])
  },
)
