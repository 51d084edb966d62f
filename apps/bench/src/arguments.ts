/**
 * What the command line may say: `core [--json]` or `http [--json] [--rounds N]`.
 */
import { parseArgs } from 'node:util'

/** One wish of the person at the command line. */
export type Wish =
  | { readonly kind: 'core'; readonly output: Output }
  | { readonly kind: 'http'; readonly output: Output; readonly rounds: number }

/** Text for people, or one JSON document. */
export type Output = 'table' | 'json'

/** How the program is used; shown when a command line makes no sense. */
export const usage = `npm run bench -- core [--json]
npm run bench -- http [--json] [--rounds N]   N: at least 9`

/** Of 9 ratios the 95 % interval of the median still leaves one out on either side; of fewer it spans nearly all of them. */
export const leastRounds = 9

// An odd number, so that the median is a ratio that was measured; 15 rounds of three variants take about three minutes.
const usualRounds = 15

/** @throws Error with the usage for a command line that makes no sense. */
export function readArguments(words: readonly string[]): Wish {
  const { values, positionals } = parse(words)
  const { json = false, rounds } = values
  const output = json ? 'json' : 'table'
  const [kind, ...others] = positionals
  if (others.length > 0) throw complaint(`unexpected: ${others.join(' ')}`)
  if (kind === 'http') return { kind, output, rounds: readRounds(rounds) }
  if (kind !== 'core') throw complaint(kind === undefined ? 'say what to measure' : `unknown: ${kind}`)
  if (rounds !== undefined) throw complaint('--rounds belongs to http')
  return { kind, output }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, rounds: { type: 'string' } },
    })
  } catch (error) {
    throw complaint((error as Error).message)
  }
}

function readRounds(text: string | undefined): number {
  if (text === undefined) return usualRounds
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < leastRounds) {
    throw complaint(`--rounds: ${text} (expected: a whole number of at least ${leastRounds})`)
  }
  return rounds
}

function complaint(text: string): Error {
  return new Error(`${text}\n${usage}`)
}
