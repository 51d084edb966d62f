import { join } from 'node:path'
import { expect } from 'vitest'
import type { Kinds } from '../src/index.ts'
import { eventually } from './support/eventually.ts'
import { factsOf, type Place } from './support/fact.ts'
import { failures } from './support/failures.ts'
import { Log } from './support/logs.ts'
import { is, podWhen, readyPod } from './support/pod-states.ts'
import { ask, pod, server, service } from './support/pods.ts'
import { shell } from './support/shell.ts'
import { lettersOf, slicesOf } from './support/slices.ts'

const fact = factsOf()
const probePage =
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/'
const lifecyclePage = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/'
const hookPage = 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/'
const often = { periodSeconds: 1, failureThreshold: 1 }

// What a container of a pod sees of a folder that the pod has.
const flag = {
  volume: { volumes: [{ name: 'flag', emptyDir: {} }] },
  mounted: { volumeMounts: [{ name: 'flag', mountPath: '/flag' }] },
}

/** Names of the containers of a pod that are ready. */
function readyOnes({ status }: Kinds['pods']): readonly string[] {
  return (status?.containerStatuses ?? []).filter(({ ready }) => ready).map(({ name }) => name)
}

/** As Go writes it. */
function durationOf(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

/** Makes a pod of one container without probes and waits until it runs. */
async function shellPod(place: Place, name: string, container: object, graceSeconds = 30): Promise<void> {
  const spec = { containers: [container], terminationGracePeriodSeconds: graceSeconds }
  await place.objects.apply(pod(name, spec), place.namespace)
  await podWhen(place, name, (one) => is(one, 'Ready'), 'runs')
}

/** A program that says when it is ready to be signalled, and does something at a signal. */
function atSignal(signal: string, doing: string): string {
  return `trap "${doing}" ${signal}; echo up; while :; do sleep 0.1; done`
}

/** Deletes a pod that has written a line, and reads all that it wrote until its end. */
async function lastWords(place: Place, name: string, ...more: readonly string[]): Promise<readonly string[]> {
  using log = await Log.of(place, name, ...more)
  await place.objects.remove({ kind: 'pods', namespace: place.namespace, name })
  return await log.whole()
}

/** Deletes a pod that has written a line. @returns what it was at last */
async function lastState(place: Place, name: string) {
  const { objects, namespace } = place
  using recording = await objects.record({ kind: 'pods', namespace, fieldSelector: `metadata.name=${name}` })
  const words = await lastWords(place, name)
  await recording.until((states) => states.at(-1)?.length === 0, { what: `${name} is gone` })
  const [last] = recording.states.at(-2) ?? []
  const { exitCode, finishedAt } = last?.status?.containerStatuses?.[0]?.state?.terminated ?? {}
  // When the grace period ends, as it was said first: the kubelet's own last deletion sets it anew. Both are cut to whole seconds, which changes no order.
  const [end = ''] = recording.states.flatMap(([one]) => one?.metadata?.deletionTimestamp ?? [])
  const lateMs = Date.parse(finishedAt ?? '') - Date.parse(end)
  return { words, exitCode, lateMs }
}

fact(
  'a readiness probe over HTTP succeeds with a status below 400 and fails with one from 400 on',
  `${probePage}#define-a-liveness-http-request`,
  async (place) => {
    const answering = (name: string, port: number, status: number) =>
      server({
        name,
        env: [{ name: 'PORT', value: String(port) }],
        ports: [{ containerPort: port }],
        readinessProbe: { httpGet: { path: `/status?${status}`, port }, ...often },
      })
    const containers = [answering('well', 8080, 399), answering('badly', 8081, 400)]
    await place.objects.apply(pod('one', { containers }), place.namespace)
    await failures(place, 'one', /^Readiness probe failed: HTTP probe failed with statuscode: 400$/)
    await podWhen(place, 'one', (one) => readyOnes(one).join() === 'well', 'has one ready container')
  },
)

fact(
  'a readiness probe over TCP succeeds where somebody listens',
  `${probePage}#define-a-tcp-liveness-probe`,
  async (place) => {
    const probed = (port: number | string) => ({ readinessProbe: { tcpSocket: { port }, ...often } })
    const containers = [
      server({ name: 'well', ...probed('http') }),
      shell('exec sleep 1000', { name: 'badly', ...probed(9) }),
    ]
    await place.objects.apply(pod('one', { containers }), place.namespace)
    await failures(place, 'one', /^Readiness probe failed: dial tcp .*:9: connect: connection refused$/)
    await podWhen(place, 'one', (one) => readyOnes(one).join() === 'well', 'has one ready container')
  },
)

fact(
  'a readiness probe by command is ready by its exit code',
  `${probePage}#define-a-liveness-command`,
  async (place) => {
    const { cluster, objects, namespace } = place
    const containers = [
      shell(atSignal('USR1', 'touch /flag/up'), {
        ...flag.mounted,
        readinessProbe: { exec: { command: ['test', '-e', '/flag/up'] }, ...often },
      }),
    ]
    await objects.apply(pod('one', { ...flag.volume, containers }), namespace)
    await failures(place, 'one', /^Readiness probe failed/)
    // It has its handler once it has written.
    using _ = await Log.of(place, 'one')
    expect(is(await objects.get({ kind: 'pods', namespace, name: 'one' }), 'Ready')).toBe(false)
    await cluster.signal('one', 'SIGUSR1', { namespace })
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
    await failures(place, 'one', /^Readiness probe failed: .*NOT_SERVING/)
    await podWhen(place, 'one', (one) => !is(one, 'Ready'), 'is not ready')
  },
)

fact('a pod whose readiness fails lives on and gets ready again', `${lifecyclePage}#types-of-probe`, async (place) => {
  const address = await readyPod(place, 'one')
  const before = JSON.parse((await ask(address)).body)
  await ask(address, '/ready/off', { method: 'POST' })
  await podWhen(place, 'one', (one) => !is(one, 'Ready'), 'is not ready')
  expect(JSON.parse((await ask(address)).body)).toEqual(before)
  await ask(address, '/ready/on', { method: 'POST' })
  const { status } = await podWhen(place, 'one', (one) => is(one, 'Ready'), 'is ready again')
  expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, started: true, ready: true })
  expect(JSON.parse((await ask(address)).body)).toEqual(before)
})

fact('a startup probe holds back the others until it succeeds', `${probePage}#define-startup-probes`, async (place) => {
  const { cluster, objects, namespace } = place
  const exec = (...command: string[]) => ({ exec: { command } })
  const containers = [
    shell(`trap 'exit 0' TERM; ${atSignal('USR1', 'touch /flag/up')}`, {
      ...flag.mounted,
      startupProbe: { ...exec('test', '-e', '/flag/up'), periodSeconds: 1, failureThreshold: 60 },
      // Each of them would show at once.
      readinessProbe: { ...exec('true'), ...often },
      livenessProbe: { ...exec('test', '-e', '/flag/never'), ...often },
    }),
  ]
  await objects.apply(pod('one', { ...flag.volume, containers }), namespace)
  const messages = await failures(place, 'one', /^Startup probe failed/, 3)
  expect(messages.filter((message) => !message.startsWith('Startup'))).toEqual([])
  const { status } = await objects.get({ kind: 'pods', namespace, name: 'one' })
  expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, started: false, ready: false })
  await cluster.signal('one', 'SIGUSR1', { namespace })
  await failures(place, 'one', /^Liveness probe failed/)
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
  'a container that ends is restarted at once, then after ten seconds, then after twice the time',
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
    const restarts = container?.restartCount ?? 0
    expect(restarts).toBeGreaterThanOrEqual(1)
    expect(container?.lastState?.terminated?.exitCode).toBe(5)
    // Usually the first one is seen, but a busy kubelet may write the next one over it.
    const seconds = 10 * 2 ** (restarts - 1)
    expect(container?.state?.waiting?.message?.split(' restarting')[0]).toBe(`back-off ${durationOf(seconds)}`)
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
  await shellPod(place, 'one', shell(atSignal('TERM', 'echo term; exit 0'), { lifecycle: { preStop: hook } }))
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
    // Before the deletion, so that starting kubectl is not what takes the time.
    using log = await Log.of(place, 'one', '--timestamps')
    const deletedAt = Date.now()
    await place.objects.remove({ kind: 'pods', namespace: place.namespace, name: 'one' })
    const [, said = ''] = await log.whole()
    const [time = '', word] = said.split(' ')
    expect(word).toBe('SIGTERM')
    expect(Date.parse(time) - deletedAt).toBeGreaterThanOrEqual(2_000)
  },
)

fact(
  'a program that goes on after SIGTERM is killed when the grace period is over',
  `${lifecyclePage}#pod-termination-flow`,
  async (place) => {
    await shellPod(place, 'one', shell(atSignal('TERM', 'echo term')), 2)
    const { words, exitCode, lateMs } = await lastState(place, 'one')
    expect([words, exitCode]).toEqual([['up', 'term'], 137])
    expect(lateMs).toBeGreaterThanOrEqual(0)
  },
)

fact('the time of a preStop hook is part of the grace period', `${hookPage}#hook-handler-execution`, async (place) => {
  const hook = { sleep: { seconds: 8 } }
  await shellPod(place, 'one', shell(atSignal('TERM', 'echo term'), { lifecycle: { preStop: hook } }), 10)
  const { words, exitCode, lateMs } = await lastState(place, 'one')
  expect([words, exitCode]).toEqual([['up', 'term'], 137])
  // If it came on top, this would be its eight seconds or more.
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThan(8_000)
})

fact(
  'a preStop hook that outlasts the grace period is not waited for: there are two seconds more, with SIGTERM first',
  `${lifecyclePage}#pod-termination-flow`,
  async (place) => {
    const hook = { exec: { command: ['sleep', '1000'] } }
    await shellPod(place, 'one', shell(atSignal('TERM', 'echo term'), { lifecycle: { preStop: hook } }), 1)
    const { words, exitCode, lateMs } = await lastState(place, 'one')
    expect([words, exitCode]).toEqual([['up', 'term'], 137])
    expect(lateMs).toBeGreaterThanOrEqual(2_000)
  },
)

fact(
  'a first process without a handler does not hear SIGTERM',
  'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
  async (place) => {
    await shellPod(place, 'one', shell('echo up; exec sleep 1000'), 1)
    const { words, exitCode, lateMs } = await lastState(place, 'one')
    expect([words, exitCode]).toEqual([['up'], 137])
    expect(lateMs).toBeGreaterThanOrEqual(0)
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
