import { expect, test } from 'vitest'
import type { Condition } from '../discovery/endpoint.ts'
import { LivePeer } from '../peers/peer.ts'
import { endpointAt, seededRandom } from '../testing/index.ts'
import type { Stage } from './stage.ts'
import { TerminationTier, terminationTier } from './termination-tier.ts'

function open() {
  const heard: string[] = []
  const members = new Set<LivePeer>()
  const next: Stage = {
    join(peer) {
      if (members.has(peer as LivePeer)) throw new Error(`${peer.row} joined twice`)
      members.add(peer as LivePeer)
      heard.push(`join ${peer.row}`)
    },
    alter(peer) {
      if (!members.has(peer as LivePeer)) throw new Error(`${peer.row} was altered and is no member`)
      heard.push(`alter ${peer.row}`)
    },
    leave(peer) {
      if (!members.delete(peer as LivePeer)) throw new Error(`${peer.row} left and is no member`)
      heard.push(`leave ${peer.row}`)
    },
    flush: () => heard.push('flush'),
  }
  return { tier: new TerminationTier(next), heard, members }
}

function peerIn(row: number, condition: Condition): LivePeer {
  return new LivePeer(row, endpointAt(`p${row}:80`, { condition }), { perPeer: 1 })
}

function turn(peer: LivePeer, condition: Condition, weight = 1): void {
  peer.endpoint = endpointAt(peer.endpoint.locator, { condition, weight })
}

test('ready peers are passed on, terminating ones only when nobody is ready, unready ones never', () => {
  const { tier, heard } = open()
  const [ready, terminating, unready] = [
    peerIn(0, 'ready'),
    peerIn(1, 'serving-terminating'),
    peerIn(2, 'unready'),
  ] as const
  for (const peer of [ready, terminating, unready]) tier.join(peer, 1)
  tier.flush()
  expect(heard).toEqual(['join 0', 'flush'])
  tier.leave(ready)
  tier.flush()
  expect(heard.slice(2)).toEqual(['leave 0', 'join 1', 'flush'])
  tier.leave(terminating)
  tier.flush()
  expect(heard.slice(5)).toEqual(['leave 1', 'flush'])
  tier.join(ready, 1)
  tier.flush()
  expect(heard.slice(7)).toEqual(['join 0', 'flush'])
})

test('a batch that swaps one ready peer for another does not touch the terminating', () => {
  const { tier, heard } = open()
  const [old, terminating, young] = [peerIn(0, 'ready'), peerIn(1, 'serving-terminating'), peerIn(2, 'ready')] as const
  tier.join(old, 1)
  tier.join(terminating, 1)
  tier.flush()
  tier.leave(old)
  tier.join(young, 1)
  tier.flush()
  expect(heard).toEqual(['join 0', 'flush', 'leave 0', 'join 2', 'flush'])
})

test('a change of condition moves a peer, any other change is passed on where it is a member', () => {
  const { tier, heard } = open()
  const [first, second] = [peerIn(0, 'ready'), peerIn(1, 'ready')] as const
  tier.join(first, 1)
  tier.join(second, 1)
  tier.flush()
  heard.length = 0
  turn(first, 'ready', 2)
  tier.alter(first, 1)
  turn(first, 'serving-terminating')
  tier.alter(first, 1)
  turn(first, 'serving-terminating', 3)
  tier.alter(first, 1)
  turn(first, 'unready')
  tier.alter(first, 1)
  turn(first, 'ready')
  tier.alter(first, 1)
  expect(heard).toEqual(['alter 0', 'leave 0', 'join 0'])
})

test('after any history the stage has the members of the pure rule', () => {
  const conditions: readonly Condition[] = ['ready', 'serving-terminating', 'unready']
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const { tier, members } = open()
    const set: LivePeer[] = []
    let row = 0
    for (let step = 0; step < 50; step++) {
      const condition = conditions[random.below(3)] as Condition
      const index = random.below(set.length + 1)
      const peer = set[index]
      if (peer === undefined) {
        const joining = peerIn(row++, condition)
        set.push(joining)
        tier.join(joining, 1)
      } else if (random.next() < 0.5) {
        turn(peer, condition)
        tier.alter(peer, 1)
      } else {
        set.splice(index, 1)
        tier.leave(peer)
      }
      if (random.next() < 0.5) continue
      tier.flush()
      expect(members, `seed ${seed} step ${step}`).toEqual(new Set(terminationTier(set)))
    }
  }
})
