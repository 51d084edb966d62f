/**
 * What a watch does when it ends, fails, or says something that is no event: it goes on from the last safe version.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'
import type { FakeWorld } from '../world.ts'
import { isFake, verbsOf } from './beginning.ts'

/** Version at which the newest watch began. */
function resumedFrom({ server }: FakeWorld): string | undefined {
  return server.watches.at(-1)?.request.query.resourceVersion
}

/** W-06, W-07, W-11, W-13, W-14, W-17, W-19, W-20, W-24. */
export const goingOn: readonly Rule[] = [
  {
    id: 'W-06',
    title: 'a bookmark moves the version that a resume begins at',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      const before = Number(client.stream?.version)
      // Of another Service: nothing of it comes, but its version does.
      await world.apply(slice({ name: 'x', labels: { 'kubernetes.io/service-name': 'other' }, endpoints: pods(9, 9) }))
      await world.bookmark()
      await client.until(() => (client.stream?.bookmarks ?? 0) > 0)
      const marked = client.stream?.version
      ok(Number(marked) > before, `${marked} after ${before}`)
      await world.cut()
      await client.until(() => client.stream?.resumes === 1)
      if (isFake(world)) {
        await world.server.until(() => world.server.watches.length === 1)
        equal(resumedFrom(world), marked)
      }
      await world.apply(slice({ name: 'a', endpoints: pods(2, 2) }))
      await client.until(() => client.pods === '2' || client.pods === '1 2')
      deepEqual([client.stream?.observations, client.stream?.resumes], [1, 1])
    },
  },
  {
    id: 'W-07',
    title: 'a watch that ends in order goes on at once, without a list and without a word',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      const watch = await world.server.watch()
      world.clock.advance(2_000)
      await watch.end()
      await client.until(() => client.stream?.resumes === 1)
      await world.server.until(() => world.server.watches.length === 1)
      deepEqual([verbsOf(world), client.sets.length, client.stream?.failures], ['watch-list watch', 1, 0])
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await client.until(() => client.pods === '1 2')
    },
  },
  {
    id: 'W-11',
    title: 'a server that says when to come again is left alone until then, and the version is kept',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      world.server.script({ kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, { on: 'watch' })
      await world.cut()
      await client.until(() => client.stream?.resumes === 2)
      await world.server.until(() => world.server.watches.length === 1)
      const [refused, next] = world.server.requests.slice(-2)
      const quietMs = (next?.atMs ?? 0) - (refused?.atMs ?? 0)
      ok(quietMs >= 7_000 && quietMs < 8_500, `${quietMs} ms`)
      deepEqual(
        [refused?.query.resourceVersion, next?.query.resourceVersion, client.stream?.observations],
        ['2', '2', 1],
      )
    },
  },
  {
    id: 'W-13',
    title: 'a server that is away is asked less and less often, and what was known stays',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const client = world.watch()
      await client.live()
      await world.door('refusing')
      const attempts: number[] = []
      let seen = 0
      const start = world.clock.now()
      await client.until(() => {
        const { failures = 0 } = client.stream ?? {}
        if (failures > seen) attempts.push(world.clock.now() - start)
        seen = failures
        return world.clock.now() - start > 300_000
      }, 100)
      ok(attempts.length >= 8 && attempts.length <= 20, `${attempts.length} attempts`)
      const gaps = attempts.slice(7).map((at, index) => at - (attempts[index + 6] ?? 0))
      ok(
        gaps.every((gap) => gap >= 30_000 && gap <= 61_000),
        `${gaps}`,
      )
      deepEqual([client.pods, client.last?.status], ['1 2', 'stale'])
      ok((client.stream?.aliveAgeMs ?? 0) >= 300_000)
      await world.door('open')
      await world.apply(slice({ name: 'a', endpoints: pods(1, 3) }))
      await client.until(() => client.pods === '1 2 3')
      deepEqual([client.last?.status, client.stream?.observations], ['ok', 1])
    },
  },
  {
    id: 'W-14',
    title: 'a watch that is taken and ends at once, again and again, is asked for less and less often',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      world.server.script({ kind: 'stream', play: (watch) => watch.end() }, { on: 'watch', times: 1_000 })
      await world.cut()
      const start = world.clock.now()
      await client.until(() => world.clock.now() - start > 120_000)
      const asked = world.server.requests.filter(({ verb }) => verb === 'watch').length
      ok(asked >= 4 && asked <= 12, `${asked} watches in two minutes`)
      equal(client.pods, '1')
    },
  },
  {
    id: 'W-14',
    title: 'connections that are taken and closed at once are tried less and less often',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      await world.door('hanging-up')
      await world.cut()
      const start = world.clock.now()
      await client.until(() => world.clock.now() - start > 120_000)
      const resumes = client.stream?.resumes ?? 0
      ok(resumes >= 4 && resumes <= 12, `${resumes} in two minutes`)
      await world.door('open')
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await client.until(() => client.pods === '1 2')
    },
  },
  {
    id: 'W-17',
    title: 'an event that comes twice is told once',
    worlds: 'fake',
    async play(world) {
      const client = world.watch()
      await client.live()
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      await client.until(() => client.pods === '1')
      const { length } = client.sets
      await (await world.server.watch()).repeat()
      await client.until(() => client.stream?.events === 2)
      equal(client.sets.length, length)
    },
  },
  {
    id: 'W-19',
    title: 'an event in pieces, cut inside a character, is one event',
    worlds: 'fake',
    async play(world) {
      const client = world.watch()
      await client.live()
      const event = {
        ...slice({ name: 'a', version: 9, endpoints: pods(1, 1), annotations: { note: 'ü€😀' } }),
      }
      const text = Buffer.from(JSON.stringify({ type: 'ADDED', object: event }))
      const cuts = [1, text.indexOf('ü') + 1, text.indexOf('€') + 2, text.indexOf('😀') + 3]
      await (await world.server.watch()).send('ADDED', event, cuts)
      await client.until(() => client.pods === '1')
      deepEqual([client.stream?.events, client.stream?.version], [1, '9'])
    },
  },
  {
    id: 'W-20',
    title: 'half an event at the end is not taken, and comes whole after a resume',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      const watch = await world.server.watch()
      await watch.write('{"type":"MODIFIED","object":{"metadata":{"name":"a"')
      await watch.end()
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await client.until(() => client.pods === '1 2')
      deepEqual([verbsOf(world), client.stream?.events], ['watch-list watch', 1])
    },
  },
  {
    id: 'W-24',
    title:
      'a server that begins again with the same slices tells nothing new, and is resumed where nothing else was written',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      const { length } = client.sets
      await world.restart()
      await client.until(() => (client.stream?.resumes ?? 0) > 0)
      await client.settle()
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await client.until(() => client.pods === '1 2')
      // A real server writes leases of its own while it begins, and then may have to give everything anew: once.
      ok((client.stream?.observations ?? 0) <= (isFake(world) ? 1 : 2))
      equal(
        client.sets
          .slice(length)
          .filter(({ status }) => status === 'ok')
          .every(({ endpoints }) => endpoints.length > 0),
        true,
      )
    },
  },
]
