/**
 * `npm run bench -- core` and `npm run bench -- http`: figures and checks, as a table or as one JSON document.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { readArguments, type Wish } from './arguments.ts'
import { measureCore } from './core/core.ts'
import { type Findings, formatFindings } from './findings.ts'
import { measureHttp } from './http/http.ts'

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
  if (wish !== undefined) print(wish, await measure(wish))
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

function measure(wish: Wish): Promise<Findings> {
  return wish.kind === 'core' ? measureCore(stopping.signal) : measureHttp(wish.rounds, stopping.signal)
}

function print({ output }: Wish, findings: Findings): void {
  const { checks, figures } = findings
  if (output === 'json') printResult({ checks, environment: currentEnvironment(), figures })
  else {
    process.stdout.write(formatFindings(findings))
    if (!isOk({ checks })) process.exitCode = 1
  }
}
