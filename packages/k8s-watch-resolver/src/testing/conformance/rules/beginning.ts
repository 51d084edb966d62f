/**
 * How everything becomes known at first: in one request, or in a list and a watch.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { StoredObject } from '@evenkeel/testkit'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'
import type { FakeWorld, World } from '../world.ts'

const a = slice({ name: 'a', endpoints: pods(1, 2) })
const b = slice({ name: 'b', endpoints: pods(3, 3) })

/** What was asked, one word for each request. */
export function verbsOf({ server }: FakeWorld): string {
  return server.requests.map(({ verb }) => verb).join(' ')
}

async function withSlices(world: World): Promise<void> {
  await world.apply(a)
  await world.apply(b)
}

/** Whether what was asked can be seen. */
export function isFake(world: World): world is FakeWorld {
  return world.kind === 'fake'
}

function newestFirst(one: StoredObject, other: StoredObject): number {
  return Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion)
}

/** W-01 to W-05, W-10, W-18, W-25, W-26. */
export const beginning: readonly Rule[] = [
  {
    id: 'W-01',
    title: 'all slices come by one request and become one set',
    worlds: 'both',
    async play(world) {
      await withSlices(world)
      const client = world.watch('users', { holdMs: 0 })
      await client.live()
      deepEqual([client.pods, client.sets.length, client.stream?.observations], ['1 2 3', 1, 1])
      if (isFake(world)) equal(verbsOf(world), 'watch-list')
      // What comes later comes on the same stream.
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      await client.until(() => client.pods === '1 3')
      deepEqual([client.stream?.resumes, client.stream?.events], [0, 1])
    },
  },
  {
    id: 'W-01',
    title: 'nothing is told before the bookmark that ends the initial events',
    worlds: 'fake',
    async play(world) {
      await withSlices(world)
      world.server.script({ kind: 'serve', endBookmark: 'missing' })
      const client = world.watch()
      const watch = await world.server.watch()
      await watch.write('\n')
      for (let turns = 0; turns < 50; turns++) await world.turn()
      deepEqual([client.sets.length, client.stream?.phase], [0, 'observing'])
      await watch.send('BOOKMARK', {
        metadata: { resourceVersion: '3', annotations: { 'k8s.io/initial-events-end': 'true' } },
      })
      await client.live()
      deepEqual([client.pods, client.sets.length], ['1 2 3', 1])
    },
  },
  {
    id: 'W-02',
    title: 'a server without WatchList is asked for a list and a watch, and that is remembered',
    worlds: 'both',
    server: 'without WatchList',
    async play(world) {
      await withSlices(world)
      if (isFake(world)) world.server.watchList = 'off'
      const client = world.watch()
      await client.live()
      deepEqual([client.pods, client.sets.length], ['1 2 3', 1])
      const others = client.add('orders')
      await client.until(() => others.length > 0)
      deepEqual(
        client.streams.map(({ failures, observations }) => [failures, observations]),
        [
          [0, 1],
          [0, 1],
        ],
      )
      await world.apply(slice({ name: 'b', endpoints: pods(3, 4) }))
      await client.until(() => client.pods === '1 2 3 4')
      if (!isFake(world)) return
      await world.server.until(() => world.server.watches.length === 2)
      equal(verbsOf(world), 'watch-list list watch list watch')
    },
  },
  {
    id: 'W-03',
    title: 'a server that takes the request and never says that all is there is asked for a list after 10 s',
    worlds: 'fake',
    async play(world) {
      await withSlices(world)
      world.server.script({ kind: 'serve', endBookmark: 'missing' }, { times: 9 })
      const client = world.watch()
      await world.server.watch()
      world.clock.advance(9_900)
      for (let turns = 0; turns < 20; turns++) await world.turn()
      equal(verbsOf(world), 'watch-list')
      world.clock.advance(200)
      await client.live()
      deepEqual([client.pods, client.sets.length], ['1 2 3', 1])
      await world.server.until(() => world.server.requests.length === 3)
      equal(verbsOf(world), 'watch-list list watch')
    },
  },
  {
    id: 'W-04',
    title: 'a stream that ends among its initial events tells nothing, and all begins anew',
    worlds: 'fake',
    async play(world) {
      await withSlices(world)
      world.server.script({
        kind: 'serve',
        endBookmark: 'missing',
        arrange: (objects) => objects.slice(0, 1),
        play: (watch) => watch.end(),
      })
      const client = world.watch()
      await client.live()
      deepEqual([client.pods, verbsOf(world)], ['1 2 3', 'watch-list watch-list'])
      deepEqual(
        client.sets.filter(({ endpoints }) => endpoints.length > 0).map(({ endpoints }) => endpoints.length),
        [3],
      )
    },
  },
  {
    id: 'W-05',
    title: 'a watch begins at the version of its list, asks for bookmarks, and ends at a time of its own',
    worlds: 'fake',
    async play(world) {
      await withSlices(world)
      world.server.watchList = 'off'
      const clients = Array.from({ length: 8 }, () => world.watch())
      await world.server.until(() => world.server.watches.length === clients.length)
      const queries = world.server.watches.map(({ request }) => request.query)
      for (const { resourceVersion, allowWatchBookmarks, timeoutSeconds } of queries) {
        deepEqual([resourceVersion, allowWatchBookmarks], [world.server.version, 'true'])
        ok(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) <= 600, timeoutSeconds)
      }
      ok(new Set(queries.map(({ timeoutSeconds }) => timeoutSeconds)).size >= 6)
    },
  },
  {
    id: 'W-10',
    title: 'a server that does not know the version yet is asked for what it has',
    worlds: 'fake',
    async play(world) {
      await withSlices(world)
      world.server.watchList = 'off'
      const client = world.watch()
      await client.live()
      await world.server.until(() => world.server.watches.length === 1)
      const from = world.server.requests.length
      const tooLarge = {
        kind: 'Status',
        status: 'Failure',
        reason: 'Timeout',
        code: 504,
        details: {
          retryAfterSeconds: 1,
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        },
      }
      world.server.script({ kind: 'answer', status: 504, body: tooLarge }, { on: 'list' })
      await (await world.server.watch()).write('<html>\n')
      await client.until(() => client.stream?.observations === 2)
      const asked = world.server.requests.slice(from).filter(({ verb }) => verb === 'list')
      deepEqual(
        asked.map(({ query }) => query.resourceVersion ?? ''),
        [world.server.version, ''],
      )
    },
  },
  {
    id: 'W-18',
    title: 'versions of initial events, which come in any order, are never resumed from',
    worlds: 'both',
    async play(world) {
      await withSlices(world)
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      if (isFake(world))
        // The newest first, so that the last one read is the oldest.
        world.server.script({ kind: 'serve', arrange: (objects) => [...objects].sort(newestFirst) })
      const client = world.watch()
      await client.live()
      await world.cut()
      await client.until(() => client.stream?.resumes === 1)
      if (isFake(world)) equal((await world.server.watch()).request.query.resourceVersion, '4')
      await world.apply(slice({ name: 'b', endpoints: pods(3, 4) }))
      await client.until(() => client.pods === '1 3 4')
      // From an older version there would be more.
      deepEqual([client.stream?.observations, client.stream?.events], [1, 1])
    },
  },
  {
    id: 'W-25',
    title: 'a compressed answer is read',
    worlds: 'both',
    async play(world) {
      for (let at = 0; at < 20; at++)
        await world.apply(slice({ name: `s${at}`, endpoints: pods(at * 100 + 1, at * 100 + 100) }))
      const client = world.watch()
      await client.until(() => client.last?.endpoints.length === 2_000)
      if (!isFake(world)) return
      world.server.watchList = 'off'
      const other = world.watch()
      await other.until(() => other.last?.endpoints.length === 2_000)
      for (const { headers } of world.server.requests) equal(headers['accept-encoding'], 'gzip')
    },
  },
  {
    id: 'W-26',
    title: 'a list whose later page has expired is read whole, not in part',
    worlds: 'fake',
    async play(world) {
      for (let at = 0; at < 1_100; at++)
        await world.apply(slice({ name: `s${String(at).padStart(4, '0')}`, endpoints: pods(at + 1, at + 1) }))
      world.server.watchList = 'off'
      // From version 0 a list comes whole; the pages are those of a list of the newest.
      world.server.script({ kind: 'answer', status: 410 }, { on: 'watch' })
      const client = world.watch()
      await client.until(() => client.last?.endpoints.length === 1_100)
      world.server.script({ kind: 'answer', status: 410 }, { on: ({ query }) => query.continue !== undefined })
      const from = world.server.requests.length
      await client.until(() => client.stream?.observations === 2)
      const lists = world.server.requests.slice(from).filter(({ verb }) => verb === 'list')
      deepEqual(
        lists.map(({ query }) => [query.limit !== undefined, query.continue !== undefined]),
        [
          [true, false],
          [true, true],
          [false, false],
        ],
      )
      equal(client.last?.endpoints.length, 1_100)
      equal(client.sets.length, 1)
    },
  },
]
