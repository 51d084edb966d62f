import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { endpointAt } from '../../testing/index.ts'
import { constant } from './constant.ts'
import { pending } from './pending.ts'

const peer = new LivePeer(0, endpointAt('a:80', { weight: 2 }), { perPeer: 10 })

test('pending costs the calls in flight and the one to come, divided by the weight', () => {
  const load = pending()
  peer.inFlight = 0
  expect(load.cost(peer, 0)).toBe(0.5)
  peer.inFlight = 3
  expect(load.cost(peer, 1_000_000)).toBe(2)
})

test('a constant load is the same whatever happens, and neither load remembers anything to be feared for', () => {
  peer.inFlight = 9
  expect(constant().cost(peer, 5)).toBe(1)
  expect([constant().remembered, pending().remembered]).toEqual([undefined, undefined])
})
