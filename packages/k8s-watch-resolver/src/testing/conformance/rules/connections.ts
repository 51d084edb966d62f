/**
 * Connections that are dead without a word, and those that say goodbye.
 */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'
import { isFake } from './beginning.ts'

/** W-15, W-28. */
export const connections: readonly Rule[] = [
  {
    id: 'W-15',
    title: 'a connection on which nothing moves any more is found, and the watch goes on over another one',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      world.freeze()
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const start = world.clock.now()
      // HTTP/2 asks after 30 s of quiet and waits 15 s; HTTP/1.1 waits for two bookmarks and a half.
      while (client.pods !== '1 2' && world.clock.now() - start < 200_000) {
        if (client.stream?.phase !== 'resuming') world.clock.advance(1_000)
        for (let turns = 0; turns < 5; turns++) await world.turn()
        if (client.stream?.phase === 'resuming') await client.until(() => client.stream?.phase !== 'resuming')
      }
      const foundMs = world.clock.now() - start
      const mostMs = isFake(world) && world.protocol === 'http/1.1' ? 185_000 : 50_000
      ok(client.pods === '1 2' && foundMs <= mostMs, `${client.pods} after ${foundMs} ms`)
      deepEqual([client.stream?.observations, client.stream?.resumes], [1, 1])
    },
  },
  {
    id: 'W-15',
    title: 'a quiet connection that answers is left alone',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      // A server with bookmarks each minute, or pings where there are pings.
      for (let second = 0; second < 280; second++) {
        world.clock.advance(1_000)
        for (let turns = 0; turns < 15; turns++) await world.turn()
      }
      deepEqual([client.stream?.resumes, client.stream?.failures, client.stream?.phase], [0, 0, 'live'])
    },
  },
  {
    id: 'W-15',
    title: 'a list that stops in the middle is given up',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      world.server.watchList = 'off'
      world.server.script(
        { kind: 'stream', play: (watch) => watch.write('{"kind":"EndpointSliceList",') },
        { on: 'list' },
      )
      const client = world.watch()
      await client.until(() => world.server.requests.some(({ verb }) => verb === 'list'))
      for (let turns = 0; turns < 50; turns++) await world.turn()
      world.freeze()
      for (let second = 0; second < 120 && client.pods !== '1'; second++) {
        world.clock.advance(1_000)
        for (let turns = 0; turns < 10; turns++) await world.turn()
      }
      equal(client.pods, '1')
    },
  },
  {
    id: 'W-28',
    title: 'after a goodbye the watch goes on, and the next request takes another connection',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      const watch = await world.server.watch()
      watch.connection.goAway()
      for (let turns = 0; turns < 50; turns++) await world.turn()
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await client.until(() => client.pods === '1 2')
      deepEqual([client.stream?.resumes, client.stream?.observations], [0, 1])
      const others = client.add('orders')
      await client.until(() => others.length > 0)
      notEqual(world.server.requests.at(-1)?.connection, watch.request.connection)
      deepEqual([client.stream?.resumes, client.stream?.failures], [0, 0])
    },
  },
]
