/**
 * The command line.
 */
import { parseArgs } from 'node:util'
import { fullSeconds, leastSeconds } from './story.ts'

/** What was asked for. */
export interface Arguments {
  /** One JSON document on standard output instead of the summary. */
  readonly json: boolean
  /** How long the story may take; below 90 scenes are left out. */
  readonly seconds: number
  /** Decides when requests come and which of them are POSTs, alike for both clients. */
  readonly seed: number
}

/** @throws Error that names the argument, the value and what was expected. */
export function readArguments(parameters: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: String(fullSeconds) },
      seed: { type: 'string', default: '1' },
    },
  })
  const seconds = Number(values.seconds)
  if (!Number.isFinite(seconds) || seconds < leastSeconds) {
    throw new Error(`--seconds: ${values.seconds} (expected: a number of at least ${leastSeconds})`)
  }
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed: ${values.seed} (expected: a whole number)`)
  return { json: values.json, seconds, seed }
}
