import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { plainCall as call, endpointAt, policyKit, seededRandom } from '../../testing/index.ts'
import { pending } from '../load/pending.ts'
import { leastLoadedChooser } from './least-loaded.ts'

function open(...inFlight: readonly number[]) {
  const chooser = leastLoadedChooser(policyKit({ random: seededRandom(7) }), pending())
  const peers = inFlight.map((busy, row) => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`), { perPeer: 10 })
    peer.inFlight = busy
    chooser.join(peer, 1)
    return peer
  })
  const counts = (picks: number, tried: readonly LivePeer[] = []): readonly number[] => {
    const found = peers.map(() => 0)
    for (let pick = 0; pick < picks; pick++) {
      const row = chooser.choose({ ...call, tried }, { now: 0 })?.row
      if (row !== undefined) found[row] = (found[row] ?? 0) + 1
    }
    return found
  }
  return { peers, counts }
}

test('the cheapest is chosen, always', () => {
  expect(open(3, 1, 2).counts(100)).toEqual([0, 100, 0])
})

test('ties are decided by a fair draw', () => {
  const { counts } = open(1, 0, 2, 0, 0)
  const found = counts(30_000)
  expect([found[0], found[2]]).toEqual([0, 0])
  // 10,000 are due; 5 standard deviations are 408.
  for (const row of [1, 3, 4]) expect(Math.abs((found[row] as number) - 10_000)).toBeLessThan(408)
})

test('the cheapest that is neither full nor tried is chosen, or nobody', () => {
  const { peers, counts } = open(0, 1, 10)
  expect(counts(10, peers.slice(0, 1))).toEqual([0, 10, 0])
  expect(counts(10, peers.slice(0, 2))).toEqual([0, 0, 0])
})
