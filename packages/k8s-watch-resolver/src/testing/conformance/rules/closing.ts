/**
 * What is left of a client that was closed: nothing, whatever it was doing.
 */
import { deepEqual } from 'node:assert/strict'
import { pods, slice } from '../../slices.ts'
import type { FakeRule, Rule } from '../rule.ts'
import type { Watched } from '../watched.ts'
import type { FakeWorld, World } from '../world.ts'

async function gone(world: World, client: Watched): Promise<void> {
  const { length } = client.sets
  await client.resolver.close()
  // Behind a dead connection nobody would hear of it.
  world.thaw()
  await client.until(() => world.connections === 0)
  deepEqual([client.sets.length, client.streams.filter(({ phase }) => phase !== 'closed').length], [length, 0])
}

/** Each brings a client to where it is closed. */
const phases: Readonly<Record<string, (world: FakeWorld) => Promise<Watched>>> = {
  'before anything was asked': async (world) => world.watch(),
  'while it connects': async (world) => {
    await world.server.door('silent')
    const client = world.watch()
    await client.until(() => world.connections > 0)
    return client
  },
  'while it waits for the head of the first answer': async (world) => {
    world.server.script({ kind: 'hang' })
    const client = world.watch()
    await world.server.until(() => world.server.requests.length > 0)
    return client
  },
  'among the initial events': async (world) => {
    world.server.script({ kind: 'serve', endBookmark: 'missing' })
    const client = world.watch()
    await world.server.watch()
    return client
  },
  'while it is live': async (world) => {
    const client = world.watch()
    await client.live()
    return client
  },
  'while it resumes': async (world) => {
    const client = world.watch()
    await client.live()
    world.server.script({ kind: 'hang' })
    await world.cut()
    await client.until(() => client.stream?.phase === 'resuming')
    return client
  },
  'while it waits for the next attempt': async (world) => {
    const client = world.watch()
    await client.live()
    await world.door('refusing')
    await client.until(() => (client.stream?.failures ?? 0) > 2)
    return client
  },
  'while it waits for permission': async (world) => {
    await world.forbid()
    const client = world.watch()
    await client.until(() => client.stream?.phase === 'waiting')
    return client
  },
  'between the pages of a list': async (world) => {
    for (let at = 0; at < 600; at++) await world.apply(slice({ name: `s${at}`, endpoints: pods(at, at) }))
    world.server.watchList = 'off'
    world.server.script({ kind: 'answer', status: 410 }, { on: 'watch' })
    world.server.script({ kind: 'hang' }, { on: ({ query }) => query.continue !== undefined })
    const client = world.watch()
    await client.until(() => world.server.requests.some(({ query }) => query.continue !== undefined))
    return client
  },
  'while it asks for the ports of a Service': async (world) => {
    const ports = [
      { name: 'http', port: 8080, protocol: 'TCP' },
      { name: 'admin', port: 9090, protocol: 'TCP' },
    ]
    await world.apply(slice({ name: 'a', ports, endpoints: pods(1, 1) }))
    world.server.script({ kind: 'hang' }, { on: 'get' })
    const client = world.watch('users:80')
    await client.until(() => world.server.requests.some(({ verb }) => verb === 'get'))
    return client
  },
  'while it waits to ask for the ports again': async (world) => {
    const ports = [
      { name: 'http', port: 8080, protocol: 'TCP' },
      { name: 'admin', port: 9090, protocol: 'TCP' },
    ]
    await world.apply(slice({ name: 'a', ports, endpoints: pods(1, 1) }))
    world.server.allow([{ resource: 'endpointslices' }])
    const client = world.watch('users:80')
    await client.until(() => client.sets.length > 0)
    return client
  },
  'while its connection is dead': async (world) => {
    const client = world.watch()
    await client.live()
    world.freeze()
    return client
  },
  'while a stream lingers': async (world) => {
    const client = world.watch()
    await client.live()
    await client.leave(0)
    return client
  },
}

/** W-27. */
export const closing: readonly Rule[] = [
  ...Object.entries(phases).map(
    ([phase, reach]): FakeRule => ({
      id: 'W-27',
      title: `close() ${phase} leaves no connection and no timer`,
      worlds: 'fake',
      async play(world) {
        await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
        const client = await reach(world)
        await gone(world, client)
        // Those of the server, which shares the clock, go with its watches.
        await client.until(() => world.server.watches.length === 0 && world.clock.pending === 0)
      },
    }),
  ),
  {
    id: 'W-27',
    title: 'close() of a live client leaves no connection and no timer',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 1) }))
      const client = world.watch()
      await client.live()
      await gone(world, client)
      await client.until(() => world.clock.pending === 0)
    },
  },
]
