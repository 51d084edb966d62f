/**
 * Plays about one peer that gives a guard cause, beside one that does not.
 */
import { answeredGood, type GuardFactory, leastRequest, type Outcome } from '@evenkeel/core'
import { endpointAt, plainCall } from '@evenkeel/core/testing'
import { blameless } from '../history/history-outcomes.ts'
import { holds } from '../law.ts'
import { StagePlay } from '../policy/stage-play.ts'

/** A guard and what makes it speak. */
export interface Provocation {
  readonly guard: () => GuardFactory
  readonly outcome: Outcome
  readonly seed: number
}

const well = endpointAt('10.0.0.1:80', { uid: 'well' })
const other = endpointAt('10.0.0.2:80', { uid: 'other' })
// More in a row than any guard should need.
const provocations = 50
// Longer than core's guards keep a peer shut: 300 s and a tenth.
const longestMs = 400_000

/** @throws Breach */
export async function checkSpeaks(cause: Provocation): Promise<void> {
  const play = provoked(cause)
  holds(
    8,
    why(play).length > 0,
    () => `nothing is said of a peer after ${provocations} times ${JSON.stringify(cause.outcome)}`,
  )
  await play.close()
}

/** Law 10. @throws Breach */
export async function checkBlameless(cause: Provocation): Promise<void> {
  const play = new StagePlay(leastRequest(), [well, other], cause.seed, [cause.guard()])
  for (const outcome of blameless) {
    for (let times = 0; times < provocations; times++) {
      play.pick().settle(outcome)
      play.clock.advance(1)
    }
    for (const peer of play.upstream.inspect().peers)
      holds(10, peer.why.length === 0, () => `${peer.locator} is ${peer.standing} after ${JSON.stringify(outcome)}`)
  }
  await play.close()
}

/** Law 4. @throws Breach */
export async function checkFreshStart(cause: Provocation): Promise<void> {
  const play = provoked(cause)
  play.resolver.set([well, endpointAt(other.locator, { uid: 'the next' })])
  holds(4, why(play).length === 0, () => `a new identity starts with ${why(play).join(', ')} against it`)
  play.clock.advance(longestMs)
  const trial = play.upstream.inspect().peers.some((peer) => peer.trial)
  holds(4, !trial && why(play).length === 0, () => 'a timer of the pod before concerns the next one at its address')
  await play.close()
}

/** A trial is owed once it is time, or none is needed; good answers then open the peer. @throws Breach */
export async function checkWayBack(cause: Provocation): Promise<void> {
  const play = provoked(cause)
  play.clock.advance(longestMs)
  for (let calls = 0; calls < provocations; calls++) {
    play.begin()
    play.clock.advance(1)
    play.endOldest()
  }
  holds(8, why(play).length === 0, () => `${why(play).join(', ')} still speaks against a peer that is well again`)
  await play.close()
}

/** Laws 11 and 12. @throws Breach */
export async function checkNothingLeft(cause: Provocation): Promise<void> {
  const play = provoked(cause)
  play.resolver.set([well])
  // Past the next tick of the awake time, which ends by itself when no answer is owed.
  play.clock.advance(100)
  holds(11, play.clock.pending === 0, () => `${play.clock.pending} timers are left of a peer that is gone`)
  await play.close()
}

/** One of two peers has given cause so often that a guard must speak. */
function provoked(cause: Provocation): StagePlay {
  const play = new StagePlay(leastRequest(), [well, other], cause.seed, [cause.guard()])
  for (let times = 0; times < provocations && why(play).length === 0; ) {
    const answer = play.balancer.pick(plainCall)
    if (answer.kind !== 'pick') break
    answer.started()
    play.clock.advance(1)
    if (answer.peer.endpoint.locator === other.locator) {
      times++
      answer.settle(cause.outcome)
    } else {
      answer.answered('good')
      answer.settle(answeredGood)
    }
  }
  return play
}

/** Who speaks against the other peer. */
function why(play: StagePlay): readonly string[] {
  return play.upstream.inspect().peers.find(({ locator }) => locator === other.locator)?.why ?? []
}
