import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { plainCall as call, endpointAt, policyKit, seededRandom } from '../../testing/index.ts'
import { randomChooser } from './random.ts'

function open(...weights: readonly number[]) {
  const chooser = randomChooser(policyKit({ random: seededRandom(7) }))
  const peers = weights.map((weight, row) => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`, { weight }), { perPeer: 1 })
    chooser.join(peer, 1)
    return peer
  })
  return { chooser, peers }
}

test('draws follow weight times share', () => {
  const { chooser, peers } = open(1, 2, 5)
  chooser.alter(peers[2] as LivePeer, 0.4)
  const counts = [0, 0, 0]
  for (let pick = 0; pick < 50_000; pick++) {
    const row = chooser.choose(call, { now: 0 })?.row as number
    counts[row] = (counts[row] as number) + 1
  }
  // 10,000, 20,000 and 20,000 are due; 5 standard deviations are at most 548.
  for (const [row, due] of [10_000, 20_000, 20_000].entries())
    expect(Math.abs((counts[row] as number) - due)).toBeLessThan(548)
})

test('a full or tried peer is drawn again, and with nobody else nobody is chosen', () => {
  const { chooser, peers } = open(1, 1, 1)
  const [first, second, third] = peers as [LivePeer, LivePeer, LivePeer]
  first.inFlight = 1
  const found = Array.from({ length: 1_000 }, () => chooser.choose({ ...call, tried: [second] }, { now: 0 }))
  // Eight draws in vain happen; the balancer scans then.
  expect(new Set(found)).toEqual(new Set([third, undefined]))
  // 1 - (2/3)^8 of them, 961, are due; 5 standard deviations are 31.
  expect(Math.abs(found.filter((peer) => peer === third).length - 961)).toBeLessThan(31)
  third.inFlight = 1
  expect(chooser.choose({ ...call, tried: [second] }, { now: 0 })).toBeUndefined()
  for (const peer of peers) chooser.leave(peer)
  expect(chooser.choose(call, { now: 0 })).toBeUndefined()
})
