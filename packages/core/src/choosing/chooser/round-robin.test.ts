import { expect, test } from 'vitest'
import type { Call } from '../../calling/call.ts'
import { LivePeer } from '../../peers/peer.ts'
import { plainCall as call, endpointAt, policyKit, seededRandom } from '../../testing/index.ts'
import { roundRobinChooser } from './round-robin.ts'

function open(weights: readonly number[], seed = 1) {
  const chooser = roundRobinChooser(policyKit({ random: seededRandom(seed) }))
  const peers = weights.map((weight, row) => new LivePeer(row, endpointAt(`p${row}:80`, { weight }), { perPeer: 1 }))
  for (const peer of peers) chooser.join(peer, 1)
  chooser.flush()
  const next = (asked: Call = call): number | undefined => chooser.choose(asked, { now: 0 })?.row
  return { chooser, peers, next }
}

test('every peer has exactly one turn a round, whatever its weight', () => {
  const { next } = open([1, 50, 9, 3])
  for (let round = 0; round < 20; round++) {
    expect([next(), next(), next(), next()].sort()).toEqual([0, 1, 2, 3])
  }
})

test('a peer with half a share has half the turns', () => {
  const { chooser, peers, next } = open([1, 50, 9])
  chooser.alter(peers[1] as LivePeer, 0.5)
  chooser.flush()
  const turns = Array.from({ length: 25_000 }, () => next())
  expect([0, 1, 2].map((row) => Math.round(turns.filter((turn) => turn === row).length / 10))).toEqual([
    1_000, 500, 1_000,
  ])
})

test('the start is drawn: many clients do not begin with the same peer', () => {
  const starts = Array.from({ length: 400 }, (_, seed) => open([1, 1, 1, 1], seed).next())
  for (const row of [0, 1, 2, 3]) {
    // 100 are due; 5 standard deviations are 43.
    expect(Math.abs(starts.filter((start) => start === row).length - 100)).toBeLessThan(43)
  }
})

test('full and tried peers are passed over; with none left nobody is chosen', () => {
  const { peers, next } = open([1, 1, 1])
  const [first, second, third] = peers as [LivePeer, LivePeer, LivePeer]
  first.inFlight = 1
  for (let pick = 0; pick < 10; pick++) expect(next({ ...call, tried: [second] })).toBe(2)
  third.inFlight = 1
  expect(next({ ...call, tried: [second] })).toBeUndefined()
})

test('after a time without peers, in which nobody is chosen, the start is drawn anew', () => {
  const { chooser, peers, next } = open([1, 1, 1, 1])
  const starts = Array.from({ length: 100 }, () => {
    for (const peer of peers) chooser.leave(peer)
    chooser.flush()
    expect(next()).toBeUndefined()
    for (const peer of peers) chooser.join(peer, 1)
    chooser.flush()
    const round = [next(), next(), next(), next()]
    expect([...round].sort()).toEqual([0, 1, 2, 3])
    return round[0]
  })
  // Turns that only went on would begin with the same peer every time.
  expect(new Set(starts).size).toBe(4)
})
