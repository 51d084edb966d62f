import type { EndpointSet } from '@evenkeel/core'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { addressRule } from '../slices/address-rule.ts'
import type { EndpointSlice } from '../slices/endpoint-slice.ts'
import { ServiceSlices } from '../slices/service-slices.ts'
import { ScriptedBody, ScriptedServer, settled } from '../testing/scripted-server.ts'
import { pods, slice } from '../testing/slices.ts'
import type { FollowedService } from './followed-service.ts'
import { NamespaceStreams } from './namespace-streams.ts'

const end = JSON.stringify({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } } },
})

function ofService(service: string, pod: number, version = 1): EndpointSlice {
  const labels = { 'kubernetes.io/service-name': service }
  return slice({ name: `slice-${service}`, version, labels, endpoints: pods(pod, pod) })
}

function event(type: string, object: EndpointSlice): string {
  return `${JSON.stringify({ type, object })}\n`
}

function streamsWith(mostStreams = 2) {
  const clock = fakeClock()
  const bodies = new Map<string, ScriptedBody>()
  const server = new ScriptedServer((path) => {
    const body = new ScriptedBody()
    bodies.set(nameOf(path), body)
    return { body }
  })
  const streams = new NamespaceStreams({
    ...{ server, clock, mostStreams },
    manners: { watchList: true },
    random: seededRandom(1),
    namespace: 'shop',
    lingerMs: 30_000,
    makeSlices: () => new ServiceSlices({ clock, holdMs: 0, family: 'ipv4', isAllowed: addressRule(), warn: () => {} }),
  })
  onTestFinished(() => streams.close())
  const opened = (): readonly string[] => streams.inspect().streams.map(({ service = 'all' }) => service)
  return { clock, bodies, server, streams, opened }
}

/** The Service that a watch is of; `all` for one of the namespace. */
function nameOf(path: string): string {
  return new URL(path, 'http://x').searchParams.get('labelSelector')?.split('=')[1] ?? 'all'
}

function heardOf({ slices }: FollowedService): EndpointSet[] {
  const sets: EndpointSet[] = []
  slices.view(undefined, (set) => sets.push(set))
  return sets
}

function told(sets: readonly EndpointSet[]): readonly string[] {
  return sets.map(({ status, endpoints }) => `${status} ${endpoints.map(({ address }) => address).join(' ')}`)
}

test('each Service has a stream until there are too many, then one of the namespace takes over without a gap', async () => {
  const { streams, bodies, opened } = streamsWith()
  const [a, b, c] = ['a', 'b', 'c'].map((service) => streams.follow(service))
  const [ofA = [], ofB = [], ofC = []] = [a, b, c].map((one) => heardOf(one as FollowedService))
  await settled()
  expect(opened()).toEqual(['all', 'a', 'b'])
  bodies.get('a')?.write(`${event('ADDED', ofService('a', 1))}${end}\n`)
  await settled()
  expect(told(ofA)).toEqual(['ok 10.0.0.1'])
  // The one of the namespace is ahead of the one of its own: that is news, once.
  const [newA, newB, newC] = [ofService('a', 2, 2), ofService('b', 3), ofService('c', 4)]
  bodies.get('all')?.write(`${[newA, newB, newC].map((one) => event('ADDED', one)).join('')}${end}\n`)
  await settled()
  expect(opened()).toEqual(['all'])
  expect([told(ofA), told(ofB), told(ofC)]).toEqual([['ok 10.0.0.1', 'ok 10.0.0.2'], ['ok 10.0.0.3'], ['ok 10.0.0.4']])
  // What the streams that were ended would still say is not heard.
  bodies.get('a')?.write(event('MODIFIED', ofService('a', 9, 3)))
  bodies.get('all')?.write(event('MODIFIED', ofService('b', 5, 6)))
  await settled()
  expect([told(ofA).length, told(ofB).at(-1)]).toEqual([2, 'ok 10.0.0.5'])
})

test('a Service that comes when the namespace is known is known at once, also when it is not there', async () => {
  const { streams, bodies, opened } = streamsWith(1)
  streams.follow('a')
  streams.follow('b')
  await settled()
  bodies.get('all')?.write(`${event('ADDED', ofService('c', 7))}${end}\n`)
  await settled()
  expect(told(heardOf(streams.follow('c')))).toEqual(['ok 10.0.0.7'])
  expect(told(heardOf(streams.follow('nobody')))).toEqual(['absent '])
  expect(opened()).toEqual(['all'])
})

test('a failure of the one stream is told to all that it feeds, and its end to all of them', async () => {
  const { streams, bodies, clock, server } = streamsWith(1)
  const [first] = [streams.follow('a'), streams.follow('b')]
  await settled()
  bodies.get('all')?.write(`${event('ADDED', ofService('a', 1))}${end}\n`)
  await settled()
  const heard = heardOf(first as FollowedService)
  const { answer } = server
  server.answer = () => ({ status: 403, body: { message: 'no' } })
  bodies.get('all')?.end(new Error('reset'))
  for (let second = 0; second < 3; second++) {
    await settled()
    clock.advance(1_000)
  }
  await settled()
  expect(told(heard)).toEqual(['ok 10.0.0.1', 'stale 10.0.0.1'])
  server.answer = answer
  clock.advance(60_000)
  await settled()
  clock.advance(5_000)
  expect(told(heard).at(-1)).toBe('ok 10.0.0.1')
})

test('a stream outlives its last follower for as long as it was told to', async () => {
  const { streams, opened, clock } = streamsWith()
  const one = streams.follow('a')
  const other = streams.follow('a')
  await settled()
  one.release()
  one.release()
  clock.advance(60_000)
  expect([opened(), streams.inspect().followed]).toEqual([['a'], ['a']])
  other.release()
  clock.advance(29_999)
  expect([opened(), streams.inspect().followed]).toEqual([['a'], []])
  const back = streams.follow('a')
  clock.advance(60_000)
  expect(opened()).toEqual(['a'])
  back.release()
  clock.advance(30_000)
  expect(opened()).toEqual([])
})

test('the stream of the namespace ends with the last of all, and what comes then begins anew', async () => {
  const { streams, bodies, opened, clock } = streamsWith(1)
  const followed = [streams.follow('a'), streams.follow('b')]
  await settled()
  bodies.get('all')?.write(`${end}\n`)
  await settled()
  followed[0]?.release()
  clock.advance(30_000)
  expect(opened()).toEqual(['all'])
  followed[1]?.release()
  clock.advance(30_000)
  expect(opened()).toEqual([])
  streams.follow('a')
  expect(opened()).toEqual(['a'])
})

test('closing ends all streams and timers', async () => {
  const { streams, clock } = streamsWith(1)
  const [first] = [streams.follow('a'), streams.follow('b')]
  await settled()
  first?.release()
  await streams.close()
  expect(clock.pending).toBe(0)
})
