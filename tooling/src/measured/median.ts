/**
 * Joins the results of repeated runs into one: the median of every figure checked.
 *
 * A check of the joined result is ok if it is ok in more than half of the runs, which for a bound is the same as asking
 * whether the median satisfies it. `node tooling/src/measured/median.ts first.json second.json third.json`
 */
import { readFileSync } from 'node:fs'
import { type Check, currentEnvironment, printResult, type Result } from '../result.ts'

/** The checks of an odd number of runs of the same program, joined; a check missing from a run counts as not ok there. */
export function medianChecks(runs: readonly Pick<Result, 'checks'>[]): readonly Check[] {
  const known = new Map(runs.flatMap(({ checks }) => checks).map((check) => [check.id, check]))
  return [...known.values()].map((sample) => {
    const found = runs.flatMap(({ checks }) => checks.filter(({ id }) => id === sample.id))
    return {
      ...sample,
      got: middle(found.map(({ got }) => got)),
      ok: found.filter(({ ok }) => ok).length * 2 > runs.length,
    }
  })
}

function middle(values: readonly Check['got'][]): Check['got'] {
  const ordered = values.toSorted((a, b) => Number(a) - Number(b))
  return ordered[Math.floor((ordered.length - 1) / 2)] ?? null
}

if (import.meta.main) {
  const runs = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as Result)
  printResult({
    checks: medianChecks(runs),
    environment: currentEnvironment(),
    figures: { runs: runs.map(({ figures }) => figures) },
  })
}
