/**
 * The laws for policies: thousands of random histories against a model, and a few plays about shares.
 */
import type { Policy } from '@evenkeel/core'
import { checkDoors } from './doors.ts'
import { explore } from './history/explore.ts'
import { runHistoryAtOnce } from './history/history.ts'
import { type HistoryOptions, historyOptions } from './history-options.ts'
import { checkKeptPeers } from './kept-peers.ts'
import { type Law, once } from './law.ts'
import { checkSpread } from './policy/distribution.ts'
import { checkFailingPeer } from './policy/failing-peer.ts'
import { checkFreshIdentity } from './policy/fresh-identity.ts'

/** Options of `policyLaws`. */
export interface PolicyLawOptions extends HistoryOptions {
  /** The policy sends calls in proportion to endpoint weights when it is busy. @defaultValue false */
  readonly honoursWeights?: boolean | undefined
  /**
   * The policy itself keeps away from a peer that fails at once. Otherwise that is left to guards, and law 9 is judged with those of core.
   * @defaultValue false
   */
  readonly heedsFailures?: boolean | undefined
}

/** What the histories say of each law, by number. */
const facts: readonly (readonly [number, string])[] = [
  [1, 'a pick never leaves the current set and its tier, and never throws'],
  [2, 'what is in flight is exact, never negative, and 0 when idle'],
  [3, 'an error of discovery removes nobody, a complete answer of none removes all'],
  [4, 'an equal observation reaches nobody, peers that stay are kept, others start fresh'],
  [5, 'the same seed gives the same picks'],
  [6, 'a second attempt goes to an untried open peer while there is one, else to a tried one'],
  [8, 'opinions shut at most half, a shut or leaving peer waits for its turn, a full one is never picked'],
  [11, 'nothing is left after close'],
  [12, 'the line and the rows of peers keep their bounds'],
]

const equalWeights = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
// Within the factor of ten in which static stride scheduling promises to honour weights.
const mixedWeights = [1, 1, 2, 2, 3, 4, 5, 5]
// Histories that run under watch: what reaches for the real clock or real chance does so in every one.
const watchedHistories = 100

/**
 * The laws of balancing for a policy. The same histories judge most of them; they run with the first law that is checked.
 *
 * @param makePolicy Called for every history.
 *
 * @example
 * ```ts
 * import { test } from 'node:test'
 * import { leastRequest } from '@evenkeel/core'
 * import { policyLaws } from '@evenkeel/testkit'
 *
 * for (const law of policyLaws(() => leastRequest({ compare: 'all' }), { honoursWeights: true })) test(law.name, law.check)
 * ```
 */
export function policyLaws(makePolicy: () => Policy, options: PolicyLawOptions = {}): readonly Law[] {
  const { honoursWeights = false, heedsFailures = false } = options
  const { histories, steps, seed } = historyOptions(options)
  const { name } = makePolicy()
  const findings = once(() => explore({ setup: () => ({ policy: makePolicy() }), histories, steps, seed }))
  const law = (fact: string, check: () => void | Promise<void>): Law => ({ name: `${name}: ${fact}`, check })
  const spread = (weights: readonly number[], busy: number) => checkSpread(makePolicy(), { weights, busy, seed })
  return [
    ...facts.map(([number, fact]) =>
      law(fact, async () => {
        const breach = (await findings()).get(number)
        if (breach !== undefined) throw breach
      }),
    ),
    law('a new identity at a known address starts fresh', () => checkFreshIdentity(makePolicy(), seed)),
    law('no clock, timer or random number is used but the injected ones', () =>
      checkDoors(() => runHistories(makePolicy, Math.min(histories, watchedHistories), steps, seed)),
    ),
    law('a peer that fails at once gets no more than its fair share', () =>
      checkFailingPeer(makePolicy(), seed, heedsFailures ? [] : undefined),
    ),
    law('peers that are gone are held by nobody', () => checkKeptPeers(makePolicy(), seed)),
    law('equal peers get equal shares, one call at a time', () => spread(equalWeights, 0)),
    law('equal peers get equal shares when busy', () => spread(equalWeights, 2)),
    ...(honoursWeights ? [law('shares follow weights when busy', () => spread(mixedWeights, 4))] : []),
  ]
}

function runHistories(makePolicy: () => Policy, histories: number, steps: number, seed: number): void {
  for (let history = 0; history < histories; history++) {
    try {
      runHistoryAtOnce({ policy: makePolicy(), seed: seed + history, steps })
    } catch {
      // Another law has the word about that.
    }
  }
}
