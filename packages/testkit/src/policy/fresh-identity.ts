/**
 * Law 4: what was learnt of a peer stays with it while it stays, and never passes to another pod at the same address.
 */
import { deepEqual } from 'node:assert/strict'
import type { Policy } from '@evenkeel/core'
import { endpointAt } from '@evenkeel/core/testing'
import { Breach, holds } from '../law.ts'
import { StagePlay } from './stage-play.ts'

const good = ['10.0.0.1:80', '10.0.0.2:80'] as const
const bad = '10.0.0.3:80'
const newcomer = '10.0.0.4:80'
// Enough to be sure of the badness of one of three.
const callsBefore = 300
// A newcomer among four that is not chosen in so many calls is not chosen at all: 0.75^200 is 1e-25.
const callsAfter = 200

/** Checks both halves. @throws Breach */
export async function checkFreshIdentity(policy: Policy, seed: number): Promise<void> {
  const kept = good.map((locator) => endpointAt(locator, { uid: `${locator}#1` }))
  const play = new StagePlay(policy, [...kept, endpointAt(bad, { uid: 'before' })], seed, [])
  for (let calls = 0; calls < callsBefore; calls++) {
    const pick = play.pick()
    if (pick.peer.endpoint.locator === bad) play.failAtOnce(pick, calls)
    else {
      play.open.push(pick)
      play.clock.advance(5)
      play.endOldest()
    }
  }
  const before = good.map((locator) => play.loads(locator))
  play.resolver.set([...kept, endpointAt(bad, { uid: 'after' }), endpointAt(newcomer, { uid: 'new' })])
  same(
    before,
    good.map((locator) => play.loads(locator)),
    'what was measured of peers that stay changes when others come',
  )
  same(play.loads(newcomer), play.loads(bad), 'a new identity at a known address does not start like a newcomer')
  let picked = 0
  for (let calls = 0; calls < callsAfter; calls++) {
    if (play.begin().endpoint.locator === bad) picked++
    play.clock.advance(5)
    play.endOldest()
  }
  holds(
    4,
    picked > 0,
    () => `a new identity at the address of a bad peer gets none of ${callsAfter} calls; seed ${seed}`,
  )
  await play.close()
}

function same(expected: unknown, actual: unknown, what: string): void {
  try {
    deepEqual(actual, expected)
  } catch {
    throw new Breach(4, `${what}: ${JSON.stringify(actual)} (expected: ${JSON.stringify(expected)})`)
  }
}
