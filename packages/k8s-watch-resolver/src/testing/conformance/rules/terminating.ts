/**
 * Which pods are used when some of them stop. Chosen by core, out of what slices say.
 */
import { deepEqual, equal } from 'node:assert/strict'
import type { SliceEndpoint } from '../../../slices/endpoint-slice.ts'
import { pod, pods, slice, stopping } from '../../slices.ts'
import { followPeers } from '../peers.ts'
import { fakeRule, type Rule, rule } from '../rule.ts'
import type { World } from '../world.ts'

const mute = { conditions: { ready: false, serving: false, terminating: true } }
const unready = { conditions: { ready: false, serving: false, terminating: false } }

/** Last parts of the addresses that fifty calls of somebody in zone-a go to. */
async function usedOf(world: World, endpoints: readonly SliceEndpoint[]): Promise<string> {
  await world.apply(slice({ endpoints }))
  const client = world.watch('users', { self: { zone: 'zone-a' } })
  await client.live()
  equal(client.last?.endpoints.length, endpoints.length)
  await using peers = await followPeers(world, client, { zone: 'zone-a' })
  return peers.used(50)
}

/** T-09 to T-11, T-14. */
export const terminating: readonly Rule[] = [
  rule(
    'T-09',
    'where nobody is ready, those that stop and still serve are used, in any zone and whatever hints say',
    async (world) => {
      const near = { zone: 'zone-a', hints: { forZones: [{ name: 'zone-a' }] } }
      const far = { zone: 'zone-b', hints: { forZones: [{ name: 'zone-b' }] } }
      equal(
        await usedOf(world, [
          pod(1, { ...far, ...stopping }),
          pod(2, { ...far, ...stopping }),
          pod(3, { ...near, ...unready }),
        ]),
        '1 2',
      )
    },
  ),
  rule('T-10', 'what stops and no longer serves is never used, though nobody else is there', async (world) => {
    equal(await usedOf(world, [pod(1, mute), pod(2, mute)]), '')
  }),
  rule('T-10', 'what stops and no longer serves is never used beside one that still does', async (world) => {
    equal(await usedOf(world, [pod(1, mute), pod(2, stopping)]), '2')
  }),
  rule('T-11', 'of one that is ready and ten that stop and serve only the ready one is used', async (world) => {
    equal(await usedOf(world, [...pods(2, 11).map((one) => ({ ...one, ...stopping })), pod(1)]), '1')
  }),
  // On a real control plane its own controller writes the slice.
  fakeRule(
    'T-14',
    'a pod that is not ready appears as ready where its Service publishes such addresses',
    async (world) => {
      await world.apply(
        slice({ endpoints: [pod(1, { conditions: { ready: true, serving: false, terminating: false } })] }),
      )
      const client = world.watch()
      await client.live()
      deepEqual(client.told, ['10.0.0.1:8080'])
    },
  ),
]
