/**
 * Law 9: a peer that fails at once is never busy, so a load that only counts or times calls would love it.
 */
import type { GuardFactory, Policy } from '@evenkeel/core'
import { endpointsAt } from '@evenkeel/core/testing'
import { holds } from '../law.ts'
import { sampleSize } from './sample-size.ts'
import { StagePlay } from './stage-play.ts'

const peers = 5
// Half a share above the fair one is far from the several shares that a black hole attracts.
const toleranceRatio = 0.5
// A call every millisecond of 10 ms each: about two under way per peer.
const callsUnderWay = 10

/** Checks that a peer that fails at once gets no more than its fair share. @throws Breach */
export async function checkFailingPeer(
  policy: Policy,
  seed: number,
  guards: readonly GuardFactory[] | undefined,
): Promise<void> {
  const fair = 1 / peers
  const draws = sampleSize(fair, fair * toleranceRatio)
  const endpoints = endpointsAt(peers)
  const play = new StagePlay(policy, endpoints, seed, guards)
  const [failing] = endpoints
  let failed = 0
  for (let draw = 0; draw < draws; draw++) {
    const pick = play.pick()
    if (pick.peer.endpoint.locator === failing?.locator) play.failAtOnce(pick, failed++)
    else play.open.push(pick)
    if (play.open.length > callsUnderWay) play.endOldest()
    play.clock.advance(1)
  }
  await play.close()
  const share = failed / draws
  holds(
    9,
    share <= fair * (1 + toleranceRatio),
    () =>
      `a peer that fails at once gets ${(share * 100).toFixed(1)} % of ${draws} calls (fair: ${fair * 100} %); seed ${seed}`,
  )
}
