/**
 * The laws for narrowings: after any history the stage and its pure reference function give the same members and shares.
 */
import type { Narrowing, Peer, Self, World } from '@evenkeel/core'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { checkDoors } from './doors.ts'
import { type HistoryOptions, historyOptions } from './history-options.ts'
import { Breach, type Law, once } from './law.ts'
import { NarrowingHistory } from './narrowing/narrowing-history.ts'

/**
 * The rule as a function of what there is now: peers with the shares that they come with. Gives the members, with their shares where the rule
 * changes them.
 */
export type NarrowingReference = (
  members: ReadonlyMap<Peer, number>,
  world: World,
) => readonly Peer[] | ReadonlyMap<Peer, number>

/** Options of `narrowingLaws`. */
export interface NarrowingLawOptions extends HistoryOptions {
  /** Where the process runs. Peers are in the zones a, b and c, on nodes such as a-1. @defaultValue zone a, node a-1 */
  readonly self?: Partial<Self> | undefined
  /** Shares that peers come with. @defaultValue 1 and a half */
  readonly shares?: readonly number[] | undefined
}

const facts: readonly (readonly [number, string])[] = [
  [1, 'each member joins before it is altered and leaves once'],
  [4, 'after any history the stage and the reference give the same members and shares'],
  [8, 'somebody is left wherever the rule promises it'],
  [11, 'nothing is left after it is disposed'],
]

// Histories that run under watch.
const watchedHistories = 100

/** The laws of balancing for a narrowing. `makeNarrowing` is called for every history. */
export function narrowingLaws(
  makeNarrowing: () => Narrowing,
  reference: NarrowingReference,
  options: NarrowingLawOptions = {},
): readonly Law[] {
  const { self = { zone: 'a', node: 'a-1' }, shares = [1, 0.5] } = options
  const { histories, steps, seed } = historyOptions(options)
  const { zone, node, uid } = self
  const run = (history: number) => {
    const clock = fakeClock()
    const world: World = { clock, self: { zone, node, uid } }
    const random = seededRandom(seed + history)
    new NarrowingHistory({ narrowing: makeNarrowing(), reference, world, clock, random, shares }).run(steps)
  }
  const findings = once(async () => {
    const found = new Map<number, Breach>()
    for (let history = 0; history < histories; history++) {
      try {
        run(history)
      } catch (error) {
        const breach = error instanceof Breach ? error : new Breach(1, `it throws ${String(error)}`)
        if (found.has(breach.law)) continue
        const what = breach.message.replace(/^law \d+: /, '')
        const where = `history ${history} of seed ${seed}; replay with { seed: ${seed + history}, histories: 1 }`
        found.set(breach.law, new Breach(breach.law, `${what}\n  in ${where}`))
      }
    }
    return found
  })
  return [
    ...facts.map(([number, name]) => ({
      name,
      check: async () => {
        const breach = (await findings()).get(number)
        if (breach !== undefined) throw breach
      },
    })),
    {
      name: 'no clock, timer or random number is used but the injected ones',
      check: () =>
        checkDoors(() => {
          for (let history = 0; history < Math.min(histories, watchedHistories); history++) {
            try {
              run(history)
            } catch {
              // Another law has the word about that.
            }
          }
        }),
    },
  ]
}
