/**
 * Each law for narrowings can fail: a rule that keeps to the own zone where it can, right once and then with one planted fault.
 */
import type { Narrowing, Peer, Stage } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { type NarrowingReference, narrowingLaws } from './narrowing-laws.ts'

const reference: NarrowingReference = (members, { self }) => {
  const near = [...members.keys()].filter(({ endpoint }) => endpoint.zone === self.zone)
  return near.length > 0 ? near : members
}

/** The right rule, as simple as it can be: compares in full at each flush. `change` exchanges methods. */
function nearby(
  change: (
    right: Stage & Disposable,
    next: Stage,
    clock: { after(ms: number, run: () => void): Disposable },
  ) => Partial<Stage>,
  mayLeaveNothing = false,
): () => Narrowing {
  return () => ({
    name: 'nearby',
    mayLeaveNothing,
    open: (next, world) => {
      const given = new Map<Peer, number>()
      const passed = new Map<Peer, number>()
      const right: Stage & Disposable = {
        join: (peer, share) => void given.set(peer, share),
        alter: (peer, share) => void given.set(peer, share),
        leave: (peer) => {
          given.delete(peer)
          if (passed.delete(peer)) next.leave(peer)
        },
        flush: () => {
          const answer = reference(given, world)
          const wanted = new Set<Peer>(answer instanceof Map ? answer.keys() : (answer as readonly Peer[]))
          for (const peer of passed.keys()) if (!wanted.has(peer)) next.leave(peer)
          for (const peer of wanted) {
            const share = given.get(peer) as number
            if (passed.has(peer)) next.alter(peer, share)
            else next.join(peer, share)
          }
          passed.clear()
          for (const peer of wanted) passed.set(peer, given.get(peer) as number)
          next.flush()
        },
        [Symbol.dispose]: () => {},
      }
      return { ...right, ...change(right, next, world.clock) }
    },
  })
}

async function redLaws(makeNarrowing: () => Narrowing): Promise<readonly string[]> {
  const red: string[] = []
  for (const law of narrowingLaws(makeNarrowing, reference, { histories: 100 })) {
    try {
      await law.check()
    } catch (error) {
      red.push(String(error))
    }
  }
  return red
}

const faults: readonly (readonly [string, () => Narrowing, RegExp])[] = [
  ['forgets a leave', nearby(() => ({ leave: () => {} })), /law 4: \[.*\] \(expected: \[/s],
  ['forgets an altered share', nearby(() => ({ alter: () => {} })), /law 4: \[.*\] \(expected: \[/s],
  [
    'joins twice',
    nearby((right, next) => ({
      join: (peer, share) => {
        next.join(peer, share)
        right.join(peer, share)
      },
    })),
    /law 1: .* joins twice/,
  ],
  [
    'leaves nothing though it promised to',
    nearby((right, next) => ({
      join: (peer, share) => {
        if (peer.endpoint.zone === 'a') right.join(peer, share)
      },
      flush: () => {
        next.flush()
        right.flush()
      },
    })),
    /law 8: nobody is left of \d+/,
  ],
  [
    'leaves a timer',
    nearby((right, _, clock) => ({
      flush: () => {
        clock.after(1_000_000, () => {})
        right.flush()
      },
    })),
    /law 11: \d+ timers are left/,
  ],
  [
    'reads the real clock',
    nearby((right) => ({
      flush: () => {
        if (Date.now() > 0) right.flush()
      },
    })),
    /law 5: Date\.now is used/,
  ],
]

test.each(faults)('a narrowing that %s breaks a law', async (_, makeNarrowing, expected) => {
  expect(await redLaws(makeNarrowing)).toContainEqual(expect.stringMatching(expected))
})

test('the rule without a fault keeps every law', async () => {
  expect(await redLaws(nearby(() => ({})))).toEqual([])
})
