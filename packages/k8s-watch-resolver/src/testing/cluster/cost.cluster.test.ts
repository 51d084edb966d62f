import { type Cluster, startCluster } from '@evenkeel/cluster'
import { systemClock, systemRandom } from '@evenkeel/core'
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest'
import { type Kubernetes, kubernetes } from '../../kubernetes.ts'
import type { SliceEndpoint } from '../../slices/endpoint-slice.ts'
import { fakeWorld } from '../conformance/fake-world.ts'
import { pod, slice } from '../slices.ts'
import { eventually } from './place.ts'
import { type WatchedServer, watchServer } from './watch-server.ts'

const changes = 40
// More than two of the minutes after which a real API server says how far it is.
const quietMs = 125_000
const virtualHours = 6

let cluster: Cluster
let count = 0

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1 })
})

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
})

test('a Service of 100 pods takes one request at a time; a pod that changes costs its slice once', async ({ task }) => {
  await using server = await watchServer(cluster, `cost-${++count}`)
  const { relay } = server
  await server.apply(slice({ endpoints: hundred() }))
  const before = await requestsSoFar()
  const resolver = resolverFor(server)
  let sets = 0
  resolver.watch({ service: 'users', namespace: undefined, port: undefined }, () => void sets++)
  await eventually(async () => sets === 1)
  const startBytes = relay.received
  const heard = async (from: number): Promise<number> => {
    const bytes = relay.received
    for (let change = from; change < from + changes; change++) {
      await server.apply(slice({ endpoints: hundred(change) }))
      await eventually(async () => sets === change + 2)
    }
    return Math.round((relay.received - bytes) / changes)
  }
  const first = await heard(0)
  // The next watch goes on from a version; a server compresses only those that begin with all objects.
  relay.cut()
  await eventually(async () => streamsOf(resolver)[0]?.phase === 'live' && streamsOf(resolver)[0]?.resumes === 1)
  const later = await heard(changes)
  await resolver.close()
  await eventually(async () => (await requestsSoFar()) - before >= 2)
  const requests = (await requestsSoFar()) - before
  tell(task, 'received until 100 pods are known, TLS included', startBytes, 'bytes')
  tell(task, 'received for one pod that changes in a slice of 100, by the first request', first, 'bytes')
  tell(task, 'the same, once that request has been renewed', later, 'bytes')
  expect(requests).toBe(2)
  expect(startBytes).toBeLessThan(60_000)
  expect(first).toBeLessThan(50_000)
  expect(later).toBeLessThan(50_000)
})

test('ten Services of a namespace take a few requests at the start and then one', async ({ task }) => {
  await using server = await watchServer(cluster, `cost-${++count}`)
  const before = await requestsSoFar()
  const resolver = resolverFor(server)
  const heard = new Set<number>()
  for (let at = 0; at < 10; at++)
    resolver.watch({ service: `s${at}`, namespace: undefined, port: undefined }, () => void heard.add(at))
  await eventually(async () => heard.size === 10 && streamsOf(resolver).length === 1)
  const open = streamsOf(resolver).length
  await resolver.close()
  await eventually(async () => (await requestsSoFar()) - before >= 5)
  const requests = (await requestsSoFar()) - before
  tell(task, 'requests until ten Services of a namespace are known', requests, '')
  tell(task, 'of these, open from then on', open, '')
  expect([requests, open]).toEqual([5, 1])
})

test('while nothing changes next to nothing is sent', { timeout: quietMs + 60_000 }, async ({ task }) => {
  await using server = await watchServer(cluster, `cost-${++count}`)
  const { relay } = server
  await server.apply(slice({ endpoints: hundred() }))
  const resolver = resolverFor(server)
  let sets = 0
  resolver.watch({ service: 'users', namespace: undefined, port: undefined }, () => void sets++)
  await eventually(async () => sets === 1)
  const [received, sent] = [relay.received, relay.sent]
  await new Promise<void>((resolve) => systemClock.wake(quietMs, resolve))
  const hourly = (bytes: number): number => Math.round((bytes * 3_600_000) / quietMs)
  const [hourlyReceived, hourlySent] = [hourly(relay.received - received), hourly(relay.sent - sent)]
  await resolver.close()
  tell(task, 'received in an hour in which nothing changes, from two minutes', hourlyReceived, 'bytes')
  tell(task, 'sent in an hour in which nothing changes, from two minutes', hourlySent, 'bytes')
  expect(sets).toBe(1)
  expect(hourlyReceived).toBeLessThan(100_000)
  expect(hourlySent).toBeLessThan(50_000)
})

test('a stream is asked for eight times an hour', async ({ task }) => {
  await using world = await fakeWorld('h2')
  await world.apply(slice({ endpoints: hundred() }))
  const client = world.watch()
  await client.live()
  const before = world.server.requests.length
  await client.pass(virtualHours * 3_600_000)
  const hourly = Math.round(((world.server.requests.length - before) / virtualHours) * 10) / 10
  tell(
    task,
    `requests in an hour for each stream, from ${virtualHours} h of a virtual clock and the fake API server`,
    hourly,
    '',
  )
  expect(hourly).toBeGreaterThan(6)
  expect(hourly).toBeLessThan(12)
  expect(client.stream?.observations).toBe(1)
})

function tell(task: TestContext['task'], what: string, value: number, unit: string): void {
  task.meta.costs = [...(task.meta.costs ?? []), { what, value, unit }]
}

/** As Kubernetes lists pods; the one with the number of the change stops. */
function hundred(change?: number): readonly SliceEndpoint[] {
  return Array.from({ length: 100 }, (_, at) => {
    const uid = `0f2cb1f5-6f0a-4b0e-8a57-${String(at).padStart(12, '0')}`
    const isStopping = at === change
    return pod(at + 1, {
      conditions: { ready: !isStopping, serving: true, terminating: isStopping },
      nodeName: `node-${at % 9}`,
      zone: `zone-${'abc'[at % 3]}`,
      targetRef: { kind: 'Pod', namespace: 'shop', name: `users-7c5ddbdf54-${String(at).padStart(5, '0')}`, uid },
    } as SliceEndpoint)
  })
}

function resolverFor({ url, token, certificateAuthority, namespace }: WatchedServer): Kubernetes {
  const access = { url, token, certificateAuthority, namespace }
  return kubernetes({ access, clock: systemClock, random: systemRandom })
}

function streamsOf(resolver: Kubernetes) {
  return resolver.inspect().namespaces.flatMap(({ streams }) => streams)
}

/** Lists and watches of slices of one namespace that the API server has ended: its own parts look at all namespaces. */
async function requestsSoFar(): Promise<number> {
  const text = await cluster.kubectl(['get', '--raw', '/metrics'])
  const ours =
    /^apiserver_request_total\{(?=[^}]*resource="endpointslices")(?=[^}]*scope="namespace")(?=[^}]*verb="(?:LIST|WATCH)")[^}]*\} (\d+)/gm
  return [...text.matchAll(ours)].reduce((sum, [, value]) => sum + Number(value), 0)
}
