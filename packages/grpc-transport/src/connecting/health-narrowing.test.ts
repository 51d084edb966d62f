import type { Peer, Stage } from '@evenkeel/core'
import { seededRandom } from '@evenkeel/core/testing'
import { narrowingLaws } from '@evenkeel/testkit'
import { describe, expect, test } from 'vitest'
import { HealthNarrowing, serving } from './health-narrowing.ts'

describe('the laws of narrowings, while nobody has said anything', () => {
  const laws = narrowingLaws(
    () => new HealthNarrowing(),
    (members) => serving([...members.keys()], new Set()),
  )
  for (const law of laws) test(law.name, law.check)
})

test('after any history of health the stage passes on what the reference does', () => {
  const random = seededRandom(3)
  const passed = new Set<Peer>()
  const next: Stage = {
    join: (peer) => void passed.add(peer),
    alter: () => undefined,
    leave: (peer) => void passed.delete(peer),
    flush: () => undefined,
  }
  const narrowing = new HealthNarrowing()
  const stage = narrowing.open(next)
  const peers = Array.from({ length: 6 }, (_, row) => ({ row }) as Peer)
  const members = new Set<Peer>()
  const unwell = new Set<Peer>()
  for (let step = 0; step < 2_000; step++) {
    const peer = peers[random.below(peers.length)] as Peer
    const dice = random.below(4)
    if (dice === 0 && members.has(peer)) {
      stage.leave(peer)
      members.delete(peer)
      unwell.delete(peer)
    } else if (dice === 0) {
      stage.join(peer, 1)
      members.add(peer)
    } else if (dice === 1 && members.has(peer)) stage.alter(peer, 1)
    else if (dice === 2) {
      narrowing.said(peer, 'not-serving')
      if (members.has(peer)) unwell.add(peer)
    } else if (dice === 3) {
      narrowing.said(peer, 'serving')
      unwell.delete(peer)
    }
    expect(
      [...passed].sort((a, b) => a.row - b.row),
      `step ${step} of seed 3`,
    ).toEqual(
      serving(
        peers.filter((one) => members.has(one)),
        unwell,
      ),
    )
  }
})
