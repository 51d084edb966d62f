/**
 * The endpoints of a Service are a function of all its slices, whatever the order in which these are written.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { pod, pods, type SliceDraft, slice, stopping } from '../../slices.ts'
import { followPeers } from '../peers.ts'
import { type Rule, rule } from '../rule.ts'
import type { Watched } from '../watched.ts'
import type { World } from '../world.ts'

const heir = pod(1, { targetRef: { kind: 'Pod', name: 'heir', uid: 'heir' } })
const mute = { conditions: { ready: false, serving: false, terminating: false } }
// The default of `holdMs`.
const holdMs = 500

/** Writes slices and watches them, once all are known. */
async function watching(world: World, ...drafts: readonly SliceDraft[]): Promise<Watched> {
  for (const draft of drafts) await world.apply(slice(draft))
  const client = world.watch()
  await client.live()
  return client
}

/** M-01 to M-07, M-18, M-19, M-25, M-27. */
export const merging: readonly Rule[] = [
  rule(
    'M-01',
    'of 100 in one slice and 50 in another, one that the other loses is the only one removed',
    async (world) => {
      const client = await watching(
        world,
        { name: 'a', endpoints: pods(1, 100) },
        { name: 'b', endpoints: pods(101, 150) },
      )
      await world.apply(slice({ name: 'b', endpoints: pods(101, 149) }))
      await client.heard(1)
      world.clock.advance(holdMs)
      deepEqual(
        [client.sets.length, client.last?.endpoints.length, client.last?.removed.map(({ locator }) => locator)],
        [2, 149, ['10.0.0.150:8080']],
      )
    },
  ),
  rule('M-02', 'a slice keeps its endpoints when another one becomes empty', async (world) => {
    const client = await watching(world, { name: 'a', endpoints: pods(1, 2) }, { name: 'b', endpoints: pods(3, 3) })
    await world.apply(slice({ name: 'b', endpoints: null, ports: null }))
    await client.heard(1)
    world.clock.advance(holdMs)
    equal(client.pods, '1 2')
  }),
  rule('M-03', 'a deleted slice takes only what no other slice lists', async (world) => {
    const client = await watching(world, { name: 'a', endpoints: pods(1, 2) }, { name: 'b', endpoints: pods(2, 3) })
    await world.remove('b')
    await client.heard(1)
    world.clock.advance(holdMs)
    deepEqual([client.pods, client.last?.removed.map(({ address }) => address)], ['1 2', ['10.0.0.3']])
  }),
  rule('M-04', 'what one slice gains before another one loses it is never reported removed', async (world) => {
    await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
    const client = world.watch('users', { holdMs: 0 })
    await client.live()
    await world.apply(slice({ name: 'b', endpoints: [pod(1)] }))
    await client.heard(1)
    await world.apply(slice({ name: 'a', endpoints: [pod(2)] }))
    await client.heard(2)
    deepEqual([client.sets.length, client.pods], [1, '1 2'])
  }),
  rule('M-05', 'no connection is closed to what one slice loses 200 ms before another one gains it', async (world) => {
    const client = await watching(world, { name: 'a', endpoints: pods(1, 2) })
    await using peers = await followPeers(world, client)
    await world.apply(slice({ name: 'a', endpoints: [pod(2)] }))
    await client.heard(1)
    world.clock.advance(200)
    await world.apply(slice({ name: 'b', endpoints: [pod(1)] }))
    await client.heard(2)
    world.clock.advance(2 * holdMs)
    deepEqual([client.sets.length, peers.told], [1, ['joined 1', 'joined 2']])
  }),
  rule('M-06', 'of two copies of a pod the one of the newer slice says how it is', async (world) => {
    const client = await watching(world, { name: 'a', endpoints: [pod(1)] }, { name: 'b', endpoints: [pod(1, mute)] })
    deepEqual(client.told, ['10.0.0.1:8080 unready'])
    await world.apply(slice({ name: 'a', endpoints: [pod(1, { zone: 'z' })] }))
    await client.heard(1)
    deepEqual(client.told, ['10.0.0.1:8080'])
  }),
  ...[
    ['in one slice', [{ endpoints: [pod(1, stopping), heir] }]],
    ['in one slice, the other way round', [{ endpoints: [heir, pod(1, stopping)] }]],
    [
      'the ready one older',
      [
        { name: 'b', endpoints: [heir] },
        { name: 'a', endpoints: [pod(1, stopping)] },
      ],
    ],
    [
      'the ready one newer',
      [
        { name: 'b', endpoints: [pod(1, stopping)] },
        { name: 'a', endpoints: [heir] },
      ],
    ],
  ].map(([how, drafts]) =>
    rule('M-07', `of two pods at one address the ready one is used: ${how}`, async (world) => {
      const client = await watching(world, ...(drafts as readonly SliceDraft[]))
      deepEqual(
        client.last?.endpoints.map(({ uid, condition }) => [uid, condition]),
        [['heir', 'ready']],
      )
    }),
  ),
  rule('M-18', 'a slice with new ports and wholly other endpoints is only what it is now', async (world) => {
    const client = await watching(world, { endpoints: pods(1, 2) })
    const ports = [{ name: 'http', port: 9090, protocol: 'TCP' }]
    await world.apply(slice({ ports, endpoints: pods(3, 4) }))
    await client.heard(1)
    world.clock.advance(holdMs)
    deepEqual(client.told, ['10.0.0.3:9090', '10.0.0.4:9090'])
  }),
  rule('M-19', 'a pod has only the number of the newest slice that lists it', async (world) => {
    const ports = [{ name: 'http', port: 9090, protocol: 'TCP' }]
    const client = await watching(world, { name: 'b', endpoints: [pod(1)] }, { name: 'a', ports, endpoints: [pod(1)] })
    deepEqual(client.told, ['10.0.0.1:9090'])
    await world.apply(slice({ name: 'b', endpoints: [pod(1, { zone: 'z' })] }))
    await client.heard(1)
    deepEqual(client.told, ['10.0.0.1:8080'])
  }),
  // A real control plane takes away what is marked as mirrored and is not: there it is played with what it mirrors itself.
  {
    id: 'M-25',
    title: 'a mirrored slice and a hand-written one both count',
    worlds: 'fake',
    async play(world) {
      const by = (name: string) => ({ 'endpointslice.kubernetes.io/managed-by': name })
      const client = await watching(
        world,
        { name: 'a', labels: by('endpointslicemirroring-controller.k8s.io'), endpoints: [{ addresses: ['10.0.0.1'] }] },
        { name: 'b', labels: by('somebody'), endpoints: [{ addresses: ['10.0.0.2'] }] },
      )
      equal(client.pods, '1 2')
    },
  },
  rule('M-27', 'slices of an old Service take nothing of a new one of its name with them', async (world) => {
    const client = await watching(world, { name: 'old', endpoints: pods(1, 2) })
    await world.apply(slice({ name: 'new', endpoints: pods(2, 3) }))
    await world.remove('old')
    await client.heard(2)
    world.clock.advance(holdMs)
    equal(client.pods, '2 3')
  }),
]
