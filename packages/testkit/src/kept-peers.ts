/**
 * Law 12: tables do not grow with churn. Asked of the garbage collector, which sees every table, also those that are private.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  answeredGood,
  consecutiveFailures,
  drainMark,
  type GuardFactory,
  lostMaybeProcessed,
  type Outcome,
  type Peer,
  type Policy,
  retryAfter,
  systemClock,
} from '@evenkeel/core'
import { endpointAt } from '@evenkeel/core/testing'
import { holds } from './law.ts'
import { StagePlay } from './policy/stage-play.ts'

const stays = endpointAt('10.0.0.1:80')

// Enough that a table that keeps them is told apart from a last one that some register still holds.
const churned = 200
const mayLinger = 5
// The collector may need to be asked again: what a finished turn held is free only in the next.
const rounds = 4

const endings: readonly Outcome[] = [
  answeredGood,
  lostMaybeProcessed,
  { ...lostMaybeProcessed, retryAfterMs: 1_000 },
  { ...answeredGood, leaving: true },
]

/** Finds that every peer but the one that stays is due a trial whenever a call ends, so that peers leave while they are owed one. */
const owing: GuardFactory = (_kit, votes) => ({
  name: 'owing',
  speaks: 'opinion',
  settled: (peer) => {
    if (peer.endpoint.locator !== stays.locator) votes.owe(peer)
  },
  [Symbol.dispose]: () => {},
})

/** Checks that peers that came and went are held by nobody. @throws Breach */
export async function checkKeptPeers(policy: Policy, seed: number, guards?: readonly GuardFactory[]): Promise<void> {
  const voters = guards ?? [consecutiveFailures(), drainMark(), retryAfter()]
  const play = new StagePlay(policy, [stays], seed, [...voters, owing])
  const gone = churn(play)
  // Whatever times were set for them may pass first.
  play.clock.advance(400_000)
  let kept = gone.length
  for (let round = 0; round < rounds && kept > mayLinger; round++) {
    await new Promise<void>((resolve) => systemClock.afterPoll(resolve))
    collectGarbage()
    kept = gone.filter((reference) => reference.deref() !== undefined).length
  }
  // The upstream lives on until here: what it holds has not been freed with it.
  holds(12, kept <= mayLinger, () => `${kept} of ${churned} peers that are gone are still held; seed ${seed}`)
  await play.close()
}

/** Peers come, are called, and go: half of them before their last call has ended. */
function churn(play: StagePlay): readonly WeakRef<Peer>[] {
  const gone: WeakRef<Peer>[] = []
  for (let index = 0; index < churned; index++) {
    const endpoint = endpointAt(`10.1.${index >> 8}.${index & 255}:80`, { uid: `pod-${index}` })
    const watch = play.upstream.watch({
      joined: (peer) => {
        if (peer.endpoint.locator === endpoint.locator) gone.push(new WeakRef(peer))
      },
    })
    play.resolver.set([stays, endpoint])
    watch[Symbol.dispose]()
    for (let calls = 0; calls < 4; calls++) {
      const pick = play.pick()
      play.clock.advance(1)
      if (calls === 3 && index % 2 === 0) play.resolver.set([stays])
      const ending = endings[(index + calls) % endings.length] as Outcome
      pick.settle(pick.peer.endpoint.locator === stays.locator ? answeredGood : ending)
    }
  }
  play.resolver.set([stays])
  return gone
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
}
