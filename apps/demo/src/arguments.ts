/**
 * The command line.
 */
import { parseArgs } from 'node:util'
import { fullSeconds, leastSeconds } from './story.ts'

/** What was asked for. */
export interface Arguments {
  readonly json: boolean
  readonly seconds: number
}

/** @throws Error that names the argument, the value and what was expected. */
export function readArguments(parameters: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...parameters],
    options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: String(fullSeconds) } },
  })
  const seconds = Number(values.seconds)
  if (!Number.isFinite(seconds) || seconds < leastSeconds) {
    throw new Error(`--seconds: ${values.seconds} (expected: a number of at least ${leastSeconds})`)
  }
  return { json: values.json, seconds }
}
