import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { endpointAt } from '../../testing/index.ts'
import { constant } from './constant.ts'
import { pending } from './pending.ts'

const peer = new LivePeer(0, endpointAt('a:80', { weight: 2 }), { perPeer: 10 })

test('pending costs the calls in flight and the one to come, divided by the weight', () => {
  const load = pending()
  peer.inFlight = 0
  expect(load.cost(peer, { now: 0 })).toBe(0.5)
  peer.inFlight = 3
  expect(load.cost(peer, { now: 1_000_000 })).toBe(2)
})

test('pending prefers a peer that costs no more', () => {
  const load = pending()
  const busy = (inFlight: number, weight: number): LivePeer => {
    const made = new LivePeer(0, endpointAt('a:80', { weight }), { perPeer: 10 })
    made.inFlight = inFlight
    return made
  }
  const costs = [busy(0, 1), busy(1, 1), busy(1, 2), busy(2, 3), busy(3, 2), busy(5, 3)]
  for (const first of costs) {
    for (const second of costs) {
      const cheaper = load.cost(first, { now: 0 }) <= load.cost(second, { now: 0 })
      expect(load.prefers?.(first, second, { now: 0 })).toBe(cheaper)
    }
  }
})

test('a constant load is the same whatever happens, and neither load remembers anything to be feared for', () => {
  peer.inFlight = 9
  expect(constant().cost(peer, { now: 5 })).toBe(1)
  expect([constant().remembered, pending().remembered]).toEqual([undefined, undefined])
})
