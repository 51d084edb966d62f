/**
 * Streams that many targets share.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { EndpointSet } from '@evenkeel/core'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'
import { podsOf } from '../watched.ts'
import type { World } from '../world.ts'

const count = 10

async function withServices(world: World): Promise<void> {
  for (let at = 0; at < count; at++) await world.apply(ofService(at, at * 10 + 1))
}

function ofService(at: number, pod: number) {
  return slice({ name: `s${at}`, labels: { 'kubernetes.io/service-name': `s${at}` }, endpoints: pods(pod, pod) })
}

/** W-22. */
export const sharing: readonly Rule[] = [
  {
    id: 'W-22',
    title: 'ten Services of a namespace take a few streams at most, then one, and no set is ever wrong',
    worlds: 'both',
    async play(world) {
      await withServices(world)
      const client = world.watch('s0', { holdMs: 0 })
      const sets: (readonly EndpointSet[])[] = [client.sets]
      let most = 0
      const look = (holds: () => boolean) => () => {
        most = Math.max(most, client.streams.length)
        return holds()
      }
      for (let at = 1; at < count; at++) sets.push(client.add(`s${at}`))
      await client.until(look(() => sets.every((heard) => heard.length > 0)))
      await client.until(look(() => client.streams.length === 1))
      ok(most <= 5, `${most} streams`)
      equal(client.stream?.service, undefined)
      for (const [at, heard] of sets.entries()) {
        deepEqual(heard.map(podsOf), [`${at * 10 + 1}`])
        await world.apply(ofService(at, at * 10 + 2))
      }
      await client.until(() => sets.every((heard, at) => podsOf(heard.at(-1)) === `${at * 10 + 2}`))
      ok(sets.every((heard) => heard.every(({ endpoints, status }) => endpoints.length === 1 && status === 'ok')))
    },
  },
  {
    id: 'W-22',
    title: 'targets of one Service share its stream, which outlives the last of them for half a minute',
    worlds: 'both',
    async play(world) {
      await withServices(world)
      const client = world.watch('s0')
      const again = client.add('s0:http')
      await client.until(() => client.sets.length > 0 && again.length > 0)
      equal(client.streams.length, 1)
      await client.leave(0)
      await client.pass(60_000)
      equal(client.streams.length, 1)
      await client.leave(1)
      await client.pass(29_900)
      equal(client.streams.length, 1)
      // Who comes back in time finds everything there, at once.
      const back = client.add('s0')
      await client.until(() => back.length > 0)
      deepEqual([client.stream?.observations, podsOf(back[0])], [1, '1'])
      await client.leave(2)
      await client.pass(30_100)
      equal(client.streams.length, 0)
    },
  },
]
