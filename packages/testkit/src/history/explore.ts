/**
 * Many histories, and the first breach of each law with all that is needed to see it again.
 */
import { Breach, holds } from '../law.ts'
import { type HistoryProgress, runHistory } from './history.ts'
import type { HistorySetup } from './history-world.ts'

/** What many histories are made from. */
export interface Exploration {
  /** Everything but the seed. */
  readonly setup: () => Omit<HistorySetup, 'seed' | 'steps' | 'trace'>
  readonly histories: number
  readonly steps: number
  readonly seed: number
}

/** The first breach by law. */
export type Findings = ReadonlyMap<number, Breach>

// The last steps before a breach: what happened earlier has been compared and found right.
const tracedSteps = 15
// One in so many histories runs twice: whatever draws elsewhere shows at once.
const repeatEvery = 8
// When every history breaks something, more of them say nothing new.
const mostBreaches = 200

/** Runs all histories. History i has the seed `seed + i`, so that each can be run alone. */
export async function explore(exploration: Exploration): Promise<Findings> {
  const { histories, seed } = exploration
  const findings = new Map<number, Breach>()
  let breaches = 0
  for (let history = 0; history < histories && breaches < mostBreaches; history++) {
    const breach = await runOne(exploration, seed + history, history % repeatEvery === 0 ? 2 : 1)
    if (breach === undefined) continue
    breaches++
    if (!findings.has(breach.law)) findings.set(breach.law, await describe(exploration, breach, history))
  }
  return findings
}

class Located extends Breach {
  readonly step: number

  constructor(breach: Breach, step: number) {
    super(breach.law, breach.message.replace(/^law \d+: /, ''))
    this.step = step
  }
}

async function runOne(exploration: Exploration, seed: number, runs: 1 | 2): Promise<Located | undefined> {
  const { setup, steps } = exploration
  const progress: HistoryProgress = { step: 0 }
  try {
    const first = await runHistory({ ...setup(), seed, steps }, progress)
    if (runs === 2) {
      const second = await runHistory({ ...setup(), seed, steps }, progress)
      holds(5, first === second, () => 'the same seed gives other picks the second time')
    }
    return undefined
  } catch (error) {
    return new Located(error instanceof Breach ? error : unexpected(error), progress.step)
  }
}

/** Whatever throws out of an upstream throws into somebody's request. */
function unexpected(error: unknown): Breach {
  return new Breach(1, `something throws: ${error instanceof Error ? error.stack : String(error)}`)
}

async function describe(exploration: Exploration, breach: Breach, history: number): Promise<Breach> {
  const { setup, steps, seed } = exploration
  const trace: string[] = []
  const progress: HistoryProgress = { step: 0 }
  const own = seed + history
  try {
    await runHistory(
      { ...setup(), seed: own, steps, trace: (text) => trace.push(`${progress.step}: ${text}`) },
      progress,
    )
  } catch {
    // The breach again; what happened before it has been written down.
  }
  const step = breach instanceof Located ? breach.step : 0
  return new Breach(
    breach.law,
    [
      breach.message.replace(/^law \d+: /, ''),
      `  in history ${history} of seed ${seed}, step ${step}; replay with { seed: ${own}, histories: 1 }`,
      ...trace.slice(-tracedSteps).map((text) => `  ${text}`),
    ].join('\n'),
  )
}
