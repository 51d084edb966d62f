/**
 * `npm run bench -- NAME`: figures and checks, as a table or as one JSON document; `npm run bench -- picture FILE`: its picture.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { type Measurement, readArguments, type Wish } from './arguments.ts'
import { type Bench, benches } from './benches.ts'
import { type Findings, formatFindings } from './findings.ts'
import { drawPictures } from './pictures/picture.ts'

// What a shell expects of a program that was ended by the signal: 128 and its number.
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const stopping = new AbortController()
for (const [signal, code] of Object.entries(exitCodes)) {
  process.once(signal, () => {
    process.exitCode = code
    stopping.abort()
  })
}

try {
  const wish = readWish()
  if (wish?.kind === 'picture') process.stdout.write(`${(await drawPictures(wish.files)).join('\n')}\n`)
  else if (wish !== undefined) print(wish, await measure(wish))
} catch (error) {
  if (!stopping.signal.aborted) throw error
}

/** A command line that makes no sense is answered by the usage, not by a stack. */
function readWish(): Wish | undefined {
  try {
    return readArguments(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 2
    return undefined
  }
}

function measure({ bench, rounds, variants }: Measurement): Promise<Findings> {
  return (benches[bench] as Bench).measure({ rounds, variants }, stopping.signal)
}

function print({ output, command }: Measurement, findings: Findings): void {
  const { checks, figures, panels } = findings
  const result = { command, checks, environment: currentEnvironment(), figures: { panels, ...figures } }
  if (output === 'json') printResult(result)
  else {
    process.stdout.write(formatFindings(findings))
    if (!isOk(result)) process.exitCode = 1
  }
}
