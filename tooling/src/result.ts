/**
 * The one shape of every machine-read result: demo, benches, later cluster tests and the simulator.
 *
 * With `--json` a program writes exactly one JSON document on standard output, everything else goes to standard error, and
 * the exit code is 1 if a check is not ok. A reader needs to know no program in particular.
 */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'

/** One claim and whether this run bears it out. */
export interface Check {
  /** Stable name, for comparing runs: `demo.rolling-restart.lost-get`. */
  readonly id: string
  /** The claim as a sentence in the present tense: `a rolling restart loses no GET`. */
  readonly claim: string
  /** The bound or value claimed, in words a reader compares with `got`: `<= 1.05`, `0`. */
  readonly expected: string | number | boolean
  /** What this run measured; null if it could not be measured (then `ok` is false). */
  readonly got: string | number | boolean | null
  /** Unit of `got`: `requests`, `ms`, `µs`, `ratio`, `bytes`; an empty string for plain facts. */
  readonly unit: string
  /** Whether `got` satisfies `expected`. */
  readonly ok: boolean
}

/** Where a result was measured; figures from different environments are not compared. */
export interface Environment {
  /** Version of Node, with its `v`. */
  readonly node: string
  /** Model name of the processor, `unknown` if the system does not tell. */
  readonly cpu: string
  /** Processors this process may use at once. */
  readonly cores: number
  /** Commit of the checkout, with `+` if tracked files differ from it; `unknown` outside a checkout. */
  readonly commit: string
}

/** The document that a program prints with `--json`. */
export interface Result {
  /** Every claim checked, also those left out of a short run only if the program says so in `figures`. */
  readonly checks: readonly Check[]
  /** Where it was measured. */
  readonly environment: Environment
  /** The raw figures behind the checks, in a shape of the program's own. */
  readonly figures: Readonly<Record<string, unknown>>
}

/** Describes the process that measures and the checkout it runs from. Starts `git` twice; call it outside measured time. */
export function currentEnvironment(): Environment {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    commit: currentCommit(),
  }
}

/**
 * Writes the result as one JSON document on standard output and sets the exit code: 1 if a check is not ok.
 * It does not end the process, so that output is flushed; close what keeps the process alive.
 */
export function printResult(result: Result): void {
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
  if (!isOk(result)) process.exitCode = 1
}

/** Whether every check is ok. A result without a check is not: it would pass having proved nothing. */
export function isOk({ checks }: Pick<Result, 'checks'>): boolean {
  return checks.length > 0 && checks.every(({ ok }) => ok)
}

function currentCommit(): string {
  const git = (...parameters: readonly string[]): string =>
    execFileSync('git', parameters, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    // Results themselves are no part of what is measured, and several are kept one after another.
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', ':/', ':!/results') !== ''
    return git('rev-parse', 'HEAD') + (changed ? '+' : '')
  } catch {
    return 'unknown'
  }
}
