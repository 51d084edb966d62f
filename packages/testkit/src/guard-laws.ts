/**
 * The laws for guards: the histories of the policies with the guard among those who vote, and a few plays about what it holds against whom.
 */
import { type GuardFactory, leastRequest, lostMaybeProcessed, type Outcome } from '@evenkeel/core'
import { checkDoors } from './doors.ts'
import {
  checkBlameless,
  checkFreshStart,
  checkNothingLeft,
  checkSpeaks,
  checkWayBack,
  type Provocation,
} from './guard/guard-plays.ts'
import { speakingProperly } from './guard/speaking-properly.ts'
import { explore } from './history/explore.ts'
import { runHistoryAtOnce } from './history/history.ts'
import { type HistoryOptions, historyOptions } from './history-options.ts'
import { checkKeptPeers } from './kept-peers.ts'
import { type Law, once } from './law.ts'

/** Options of `guardLaws`. */
export interface GuardLawOptions extends HistoryOptions {
  /** How calls end that give the guard cause to speak. @defaultValue lost after bytes had left */
  readonly provocation?: Outcome | undefined
}

const facts: readonly (readonly [readonly number[], string])[] = [
  [[1, 2, 3, 6, 12], 'picks, counts and bounds stay right and nothing throws, however it votes'],
  [[4], 'a new identity at a known address starts open'],
  [[5], 'the same seed gives the same picks'],
  [[8], 'it says only what its kind may say, is capped if it has opinions, and every peer finds its way back'],
  [[11], 'nothing is left after close'],
]

// Histories that run under watch.
const watchedHistories = 100

/**
 * The laws of balancing for a guard.
 *
 * @param makeGuard Called for every history: gives what `upstreams({ guards })` takes.
 *
 * @example
 * ```ts
 * import { test } from 'node:test'
 * import { consecutiveFailures } from '@evenkeel/core'
 * import { guardLaws } from '@evenkeel/testkit'
 *
 * for (const law of guardLaws(() => consecutiveFailures({ failures: 3 }))) test(law.name, law.check)
 * ```
 */
export function guardLaws(makeGuard: () => GuardFactory, options: GuardLawOptions = {}): readonly Law[] {
  const { provocation = lostMaybeProcessed } = options
  const { histories, steps, seed } = historyOptions(options)
  const setup = () => ({ policy: leastRequest(), guards: [speakingProperly(makeGuard())] })
  const findings = once(() => explore({ setup, histories, steps, seed }))
  const cause: Provocation = { guard: () => speakingProperly(makeGuard()), outcome: provocation, seed }
  return [
    ...facts.map(([numbers, name]) => ({
      name,
      check: async () => {
        const found = await findings()
        for (const number of numbers) {
          const breach = found.get(number)
          if (breach !== undefined) throw breach
        }
      },
    })),
    { name: 'a peer that gives it cause is spoken against', check: () => checkSpeaks(cause) },
    { name: "the caller's own doing is never held against a peer", check: () => checkBlameless(cause) },
    {
      name: 'what it holds against a pod does not pass to the next one at the address',
      check: () => checkFreshStart(cause),
    },
    { name: 'a peer that is well again is open again', check: () => checkWayBack(cause) },
    { name: 'a peer that has left leaves no timer', check: () => checkNothingLeft(cause) },
    {
      name: 'peers that are gone are held by nobody',
      check: () => checkKeptPeers(leastRequest(), seed, [makeGuard()]),
    },
    {
      name: 'no clock, timer or random number is used but the injected ones',
      check: () =>
        checkDoors(() => {
          for (let history = 0; history < Math.min(histories, watchedHistories); history++) {
            try {
              runHistoryAtOnce({ ...setup(), seed: seed + history, steps })
            } catch {
              // Another law has the word about that.
            }
          }
        }),
    },
  ]
}
