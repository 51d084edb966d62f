/**
 * When the version is lost everything is looked at again, and only the difference is told.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'

/** W-08, W-09, W-16. */
export const relisting: readonly Rule[] = [
  {
    id: 'W-08',
    title: '410 brings a new look at everything: one set with the difference, and the old one until then',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await world.apply(slice({ name: 'b', endpoints: pods(3, 3) }))
      const client = world.watch()
      await client.live()
      await world.expire(async () => {
        await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
        await world.apply(slice({ name: 'b', endpoints: pods(3, 4) }))
      })
      await client.until(() => client.stream?.observations === 2)
      equal(client.pods, '1 2 3 4')
      ok(client.sets.every(({ endpoints }) => endpoints.length >= 3))
      const told = client.sets.filter(({ status }, index) => index > 0 && status === 'ok')
      deepEqual(
        told.flatMap(({ changed, removed }) => [...changed, ...removed]).map(({ address }) => address),
        ['10.0.0.4'],
      )
    },
  },
  ...(['status', 'event'] as const).map(
    (form): Rule => ({
      id: 'W-09',
      title: `410 as ${form === 'status' ? 'the status of the answer' : 'an event in a stream'} is a new look, once`,
      worlds: 'fake',
      async play(world) {
        await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
        const client = world.watch()
        await client.live()
        const gone = {
          kind: 'Status',
          status: 'Failure',
          reason: 'Expired',
          code: 410,
          message: 'too old resource version',
        }
        if (form === 'event') await (await world.server.watch()).send('ERROR', gone)
        else {
          world.server.script({ kind: 'answer', status: 410, body: gone }, { on: 'watch' })
          await world.cut()
        }
        await client.until(() => client.stream?.observations === 2)
        deepEqual([client.pods, client.sets.length], ['1 2', 1])
        equal(world.server.requests.filter(({ verb }) => verb === 'watch-list').length, 2)
      },
    }),
  ),
  {
    id: 'W-09',
    title: 'an error in a stream that is not known, and a line that is no event, bring a new look',
    worlds: 'fake',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const client = world.watch()
      await client.live()
      await (await world.server.watch()).send('ERROR', { kind: 'Status', code: 418 })
      await client.until(() => client.stream?.observations === 2)
      await world.server.until(() => world.server.watches.length === 1)
      await (await world.server.watch()).write('<html>\n')
      await client.until(() => client.stream?.observations === 3)
      deepEqual([client.pods, client.sets.length], ['1 2', 1])
    },
  },
  {
    id: 'W-16',
    title: 'a slice that a new look does not find is gone',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await world.apply(slice({ name: 'b', endpoints: pods(3, 3) }))
      const client = world.watch('users', { holdMs: 0 })
      await client.live()
      await world.expire(() => world.remove('b'))
      await client.until(() => client.pods === '1 2')
      equal(client.stream?.observations, 2)
      deepEqual(
        client.last?.removed.map(({ address }) => address),
        ['10.0.0.3'],
      )
    },
  },
]
