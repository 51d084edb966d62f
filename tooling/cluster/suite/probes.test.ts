import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually } from './support/eventually.ts'
import { factsOf, type Place } from './support/fact.ts'
import { is, podWhen, readyPod } from './support/pod-states.ts'
import { ask, pod, server, service } from './support/pods.ts'
import { lettersOf, slicesOf } from './support/slices.ts'

const fact = factsOf()
const probePage =
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/'
const lifecyclePage = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/'
const hookPage = 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/'
const often = { periodSeconds: 1, failureThreshold: 1 }

/** A container that runs a line of shell. */
function shell(script: string, more: object = {}): object {
  return { name: 'main', image: 'none', command: ['sh', '-c', script], ...more }
}

/** Deletes a pod and reads what it has written before it is gone. */
async function lastWords(place: Place, name: string, ...more: readonly string[]): Promise<readonly string[]> {
  const { cluster, namespace } = place
  const following = cluster.kubectl(['logs', '--follow', ...more, name, '-n', namespace])
  await place.objects.remove({ kind: 'pods', namespace, name })
  return (await following).trim().split('\n')
}

fact(
  'a readiness probe over TCP succeeds once somebody listens',
  `${probePage}#define-a-tcp-liveness-probe`,
  async (place) => {
    await readyPod(place, 'one', {
      containers: [server({ readinessProbe: { tcpSocket: { port: 'http' }, ...often } })],
    })
    await place.objects.apply(
      pod('two', { containers: [server({ readinessProbe: { tcpSocket: { port: 9 }, ...often } })] }),
      place.namespace,
    )
    const running = await podWhen(
      place,
      'two',
      ({ status }) => status?.containerStatuses?.[0]?.started === true,
      'runs',
    )
    expect(is(running, 'Ready')).toBe(false)
  },
)

fact(
  'a readiness probe by command is ready by its exit code',
  `${probePage}#define-a-liveness-command`,
  async (place) => {
    const { objects, namespace } = place
    const flag = { volumes: [{ name: 'flag', emptyDir: {} }] }
    const containers = [
      shell('trap "touch /flag/up" USR1; while :; do sleep 0.1; done', {
        volumeMounts: [{ name: 'flag', mountPath: '/flag' }],
        readinessProbe: { exec: { command: ['test', '-e', '/flag/up'] }, ...often },
      }),
    ]
    await objects.apply(pod('one', { ...flag, containers }), namespace)
    const running = await podWhen(
      place,
      'one',
      ({ status }) => status?.containerStatuses?.[0]?.started === true,
      'runs',
    )
    expect(is(running, 'Ready')).toBe(false)
    await place.cluster.signal('one', 'SIGUSR1', { namespace })
    await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
  },
)

fact(
  'a readiness probe over gRPC follows the health service',
  `${probePage}#define-a-grpc-liveness-probe`,
  async (place) => {
    const { objects, namespace } = place
    const command = ['node', join(import.meta.dirname, 'support/grpc-health.mjs')]
    const containers = [{ name: 'main', image: 'none', command, readinessProbe: { grpc: { port: 9000 }, ...often } }]
    await objects.apply(pod('one', { containers }), namespace)
    await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
    await place.cluster.signal('one', 'SIGUSR1', { namespace })
    await podWhen(place, 'one', (one) => !is(one, 'Ready'), 'is not ready')
  },
)

fact('a pod whose readiness fails is not restarted', `${lifecyclePage}#types-of-probe`, async (place) => {
  const address = await readyPod(place, 'one')
  await ask(address, '/ready/off', { method: 'POST' })
  const { status } = await podWhen(place, 'one', (one) => !is(one, 'Ready'), 'is not ready')
  expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, started: true, ready: false })
})

fact('a startup probe holds back the others until it succeeds', `${probePage}#define-startup-probes`, async (place) => {
  const { objects, namespace } = place
  const containers = [
    server({
      startupProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 60 },
      // It would restart the container at once.
      livenessProbe: { httpGet: { path: '/ready', port: 'http' }, ...often },
    }),
  ]
  const address = await readyPod(place, 'calm')
  await ask(address, '/ready/off', { method: 'POST' })
  await objects.apply(pod('one', { containers }), namespace)
  const { status } = await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
  expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, started: true })
  await ask(status?.podIP as string, '/ready/off', { method: 'POST' })
  await podWhen(place, 'one', (one) => one.status?.containerStatuses?.[0]?.restartCount === 1, 'is restarted')
})

fact(
  'a failing liveness probe restarts the container and leaves the pod its address',
  `${lifecyclePage}#types-of-probe`,
  async (place) => {
    const containers = [server({ livenessProbe: { httpGet: { path: '/live', port: 'http' }, ...often } })]
    const address = await readyPod(place, 'one', { containers, terminationGracePeriodSeconds: 1 })
    await ask(address, '/live/off', { method: 'POST' })
    const restarted = await podWhen(
      place,
      'one',
      (one) => one.status?.containerStatuses?.[0]?.restartCount === 1 && is(one, 'Ready'),
      'is restarted and ready',
    )
    expect(restarted.status?.podIP).toBe(address)
    expect(restarted.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(0)
  },
)

fact(
  'a container that ends is restarted at once, and again after ten seconds',
  `${lifecyclePage}#restart-policy`,
  async (place) => {
    await place.objects.apply(pod('one', { containers: [shell('exit 5')] }), place.namespace)
    const { status } = await podWhen(
      place,
      'one',
      (one) => one.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
      'is in back-off',
    )
    const [container] = status?.containerStatuses ?? []
    expect(container?.restartCount).toBe(1)
    expect(container?.lastState?.terminated?.exitCode).toBe(5)
    expect(container?.state?.waiting?.message).toMatch(/^back-off 10s restarting failed container=main/)
  },
)

fact(
  'a process that is killed is restarted, and its status says by what',
  `${lifecyclePage}#container-state-terminated`,
  async (place) => {
    const { cluster, namespace } = place
    await readyPod(place, 'one')
    await cluster.signal('one', 'SIGKILL', { namespace })
    const { status } = await podWhen(
      place,
      'one',
      (one) => one.status?.containerStatuses?.[0]?.restartCount === 1,
      'is restarted',
    )
    expect(status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
  },
)

fact('the preStop hook, a command, ends before SIGTERM', `${hookPage}#container-hooks`, async (place) => {
  const hook = { exec: { command: ['sh', '-c', 'echo hook >/proc/1/fd/1'] } }
  const containers = [
    shell('trap "echo term; exit 0" TERM; echo up; while :; do sleep 0.1; done', { lifecycle: { preStop: hook } }),
  ]
  await place.objects.apply(pod('one', { containers }), place.namespace)
  await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
  expect(await lastWords(place, 'one')).toEqual(['up', 'hook', 'term'])
})

fact('the preStop hook, a request, ends before SIGTERM', `${hookPage}#container-hooks`, async (place) => {
  const hook = { httpGet: { path: '/live/off', port: 'http' } }
  await readyPod(place, 'one', { containers: [server({ lifecycle: { preStop: hook } })] })
  expect(await lastWords(place, 'one')).toEqual(['listening', 'live off', 'SIGTERM'])
})

fact(
  'the preStop hook, a sleep, ends before SIGTERM',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3960-pod-lifecycle-sleep-action',
  async (place) => {
    const hook = { sleep: { seconds: 2 } }
    await readyPod(place, 'one', { containers: [server({ lifecycle: { preStop: hook } })] })
    const deletedAt = Date.now()
    const [, said = ''] = await lastWords(place, 'one', '--timestamps')
    const [time = '', word] = said.split(' ')
    expect(word).toBe('SIGTERM')
    expect(Date.parse(time) - deletedAt).toBeGreaterThanOrEqual(2_000)
  },
)

fact(
  'a program that ignores SIGTERM is killed when the grace period is over',
  `${lifecyclePage}#pod-termination-forced`,
  async (place) => {
    const { objects, namespace } = place
    const containers = [shell('trap "echo term" TERM; echo up; while :; do sleep 0.1; done')]
    await objects.apply(pod('one', { containers, terminationGracePeriodSeconds: 2 }), namespace)
    await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
    using recording = await objects.record({ kind: 'pods', namespace })
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await recording.until((states) => states.at(-1)?.length === 0)
    const [last] = recording.states.at(-2) ?? []
    const { exitCode, finishedAt } = last?.status?.containerStatuses?.[0]?.state?.terminated ?? {}
    expect(exitCode).toBe(137)
    // `deletionTimestamp` is when the grace period ends; both are in whole seconds.
    const lateMs = Date.parse(finishedAt ?? '') - Date.parse(last?.metadata?.deletionTimestamp ?? '')
    expect(lateMs).toBeGreaterThanOrEqual(-1_000)
  },
)

fact(
  'a first process without a handler does not hear SIGTERM',
  'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
  async (place) => {
    const { objects, namespace } = place
    await objects.apply(
      pod('one', { containers: [shell('exec sleep 1000')], terminationGracePeriodSeconds: 1 }),
      namespace,
    )
    await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready')
    using recording = await objects.record({ kind: 'pods', namespace })
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await recording.until((states) => states.at(-1)?.length === 0)
    const [last] = recording.states.at(-2) ?? []
    expect(last?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137)
  },
)

fact(
  'a pod that is deleted by force is gone from the API at once, and its process is ended',
  `${lifecyclePage}#pod-termination-forced`,
  async (place) => {
    const { cluster, objects, namespace } = place
    const address = await readyPod(place, 'one')
    await cluster.kubectl(['delete', 'pod', 'one', '-n', namespace, '--grace-period=0', '--force'])
    expect(await objects.list({ kind: 'pods', namespace })).toEqual([])
    await eventually(async () => {
      const told = ask(address).then(
        () => 'answers',
        () => 'is gone',
      )
      expect(await told).toBe('is gone')
    })
  },
)

fact(
  'while a pod terminates its readiness is probed on, and serving follows it',
  'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1672-tracking-terminating-endpoints',
  async (place) => {
    const { objects, namespace } = place
    const containers = [server({ env: [{ name: 'TERM_MS', value: 'never' }] })]
    const address = await readyPod(place, 'one', { containers, terminationGracePeriodSeconds: 20 })
    await objects.apply(service('users'), namespace)
    using recording = await objects.record(slicesOf(namespace, 'users'))
    await recording.until((states) => lettersOf(states).at(-1) === 'RS')
    await objects.remove({ kind: 'pods', namespace, name: 'one' })
    await recording.until((states) => lettersOf(states).at(-1) === 'ST')
    await ask(address, '/ready/off', { method: 'POST' })
    await recording.until((states) => lettersOf(states).at(-1) === 'T')
    expect(lettersOf(recording.states).slice(-3)).toEqual(['RS', 'ST', 'T'])
  },
)
