/**
 * How long the suites play.
 */
import { invalidOption } from '@evenkeel/core'

/** Options of every suite that plays random histories. */
export interface HistoryOptions {
  /** How many histories are played. @defaultValue 10_000, so that rare meetings of three events are seen a few times; 1_000 for resolvers */
  readonly histories?: number | undefined
  /** Steps of each history. @defaultValue 50 */
  readonly steps?: number | undefined
  /** Seed of the first history; the next ones count on from it. @defaultValue 1 */
  readonly seed?: number | undefined
}

/** Checks the options and fills in the defaults. */
export function historyOptions(
  options: HistoryOptions,
  usual: number = 10_000,
): Required<{ [name in keyof HistoryOptions]: number }> {
  const { histories = usual, steps = 50, seed = 1 } = options
  if (!Number.isInteger(histories) || histories < 1)
    throw invalidOption('histories', histories, 'a whole number of at least 1')
  if (!Number.isInteger(steps) || steps < 1) throw invalidOption('steps', steps, 'a whole number of at least 1')
  if (!Number.isInteger(seed)) throw invalidOption('seed', seed, 'a whole number')
  return { histories, steps, seed }
}
