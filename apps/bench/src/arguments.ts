/**
 * What the command line may say: a bench and how to run it, or the result files to make pictures of.
 */
import { parseArgs } from 'node:util'
import { type Bench, type BenchOptions, benches } from './benches.ts'

/** One wish of the person at the command line. */
export type Wish = Measurement | { readonly kind: 'picture'; readonly files: readonly string[] }

/** A bench to run. */
export interface Measurement extends BenchOptions {
  readonly kind: 'measurement'
  readonly bench: string
  readonly output: Output
  /** The command that repeats it. */
  readonly command: string
}

/** Text for people, or one JSON document. */
export type Output = 'table' | 'json'

/** How the program is used; shown when a command line makes no sense. */
const usage = `npm run bench -- ${Object.keys(benches).join('|')} [--json] [--rounds N] [--variants NAME,NAME]
npm run bench -- picture FILE...   results/bench-http.json becomes results/bench-http.svg`

/** @throws Error with the usage for a command line that makes no sense. */
export function readArguments(words: readonly string[]): Wish {
  const { values, positionals } = parse(words)
  const { json = false, rounds, variants } = values
  const [name, ...others] = positionals
  if (name === undefined) throw complaint('say what to measure')
  if (name === 'picture') return readPicture(others, values)
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
  if (bench === undefined) throw complaint(`unknown: ${name}`)
  if (others.length > 0) throw complaint(`unexpected: ${others.join(' ')}`)
  return {
    kind: 'measurement',
    bench: name,
    output: json ? 'json' : 'table',
    rounds: rounds === undefined ? bench.usualRounds : readRounds(rounds),
    variants: variants === undefined ? [] : readVariants(variants, bench),
    command: `npm run bench -- ${words.join(' ')}`,
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, rounds: { type: 'string' }, variants: { type: 'string' } },
    })
  } catch (error) {
    throw complaint((error as Error).message)
  }
}

function readPicture(files: readonly string[], options: object): Wish {
  const [option] = Object.keys(options)
  if (option !== undefined) throw complaint(`--${option} belongs to a bench`)
  if (files.length === 0) throw complaint('say which result file')
  const other = files.find((file) => !file.endsWith('.json'))
  if (other !== undefined) throw complaint(`${other} (expected: a result file, .json)`)
  return { kind: 'picture', files }
}

function readRounds(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw complaint(`--rounds: ${text} (expected: a whole number of at least 1)`)
  }
  return rounds
}

function readVariants(text: string, { variants }: Bench): readonly string[] {
  const names = text.split(',')
  const unknown = names.find((name) => !variants.includes(name))
  if (unknown !== undefined) {
    throw complaint(
      `--variants: ${unknown} (expected: ${variants.length === 0 ? 'no such option for this bench' : variants.join(', ')})`,
    )
  }
  return names
}

function complaint(text: string): Error {
  return new Error(`${text}\n${usage}`)
}
