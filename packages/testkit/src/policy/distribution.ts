/**
 * Calls are spread: over peers that are alike no peer gets more than twice what another gets, where the best possible ratio is 1 (the bound that
 * Finagle's `LoadDistributionTest` puts on all of its balancers). By weights, what each gets per weight is compared.
 */
import type { Policy } from '@evenkeel/core'
import { endpointAt, endpointsAt } from '@evenkeel/core/testing'
import { holds } from '../law.ts'
import { sampleSize } from './sample-size.ts'
import { StagePlay } from './stage-play.ts'

/** Who takes part and how busy they are. */
export interface Spread {
  /** Weight of each peer. */
  readonly weights: readonly number[]
  /** Calls under way per unit of weight; 0: one call at a time. */
  readonly busy: number
  readonly seed: number
}

// The best ratio is 1.
const mostRatio = 2
// How long a call takes when nothing is queued.
const callMs = 10

// Heavier than all that stay.
const heavies = [1, 2, 3].map((index) => endpointAt(`10.9.9.${index}:80`, { weight: 9 }))

/** Checks one spread. @throws Breach */
export async function checkSpread(policy: Policy, spread: Spread): Promise<void> {
  const { weights, busy, seed } = spread
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const least = Math.min(...weights) / sum
  // With both off by a third of the smallest share, the largest is exactly twice the smallest.
  const draws = sampleSize(least, least / 3)
  const endpoints = endpointsAt(weights.length, (index) => ({ weight: weights[index] }))
  const play = new StagePlay(policy, [...heavies, ...endpoints], seed)
  // Others have been there and have left: what is kept by position has moved.
  play.begin()
  play.endOldest()
  play.resolver.set(endpoints)
  const underWay = Math.max(1, Math.round(busy * sum))
  const counts = new Map<string, number>(endpoints.map(({ locator }) => [locator, 0]))
  for (let draw = 0; draw < draws + underWay; draw++) {
    const { locator } = play.begin().endpoint
    // Until so many are under way the play is warming up.
    if (draw >= underWay) counts.set(locator, (counts.get(locator) ?? 0) + 1)
    play.clock.advance(callMs / underWay)
    if (draw >= underWay - 1) play.endOldest()
  }
  await play.close()
  const perWeight = [...counts.values()].map((count, index) => count / (weights[index] as number))
  const ratio = Math.max(...perWeight) / Math.min(...perWeight)
  holds(
    9,
    ratio <= mostRatio,
    () =>
      `the busiest peer gets ${ratio.toFixed(2)} times what the idlest gets per weight, over ${draws} calls, ${underWay} at a time; ` +
      `weights ${weights.join(' ')}, calls ${[...counts.values()].join(' ')}; seed ${seed}`,
  )
}
