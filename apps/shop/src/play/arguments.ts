/**
 * The command line.
 */
import { parseArgs } from 'node:util'

/** What was asked for. */
export interface Arguments {
  /** One JSON document on standard output instead of the summary. */
  readonly json: boolean
  /** Whether the storefront calls with plain undici through the ClusterIPs, for comparison. */
  readonly plain: boolean
  /** Decides when requests come, which are orders, and who orders what. */
  readonly seed: number
}

/** @throws Error that names the argument, the value and what was expected. */
export function readArguments(parameters: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      json: { type: 'boolean', default: false },
      plain: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed: ${values.seed} (expected: a whole number)`)
  return { json: values.json, plain: values.plain, seed }
}
