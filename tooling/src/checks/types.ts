/**
 * The types of every workspace with its own tsconfig.json, tests and type tests included.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { type StepOutcome, start } from '../steps.ts'

/** Runs the compiler of this repository over all workspaces of the checkout at `root`. */
export async function checkTypes(root: string): Promise<StepOutcome> {
  const compiler = join(import.meta.dirname, '../../../node_modules/.bin/tsc')
  const outcomes: StepOutcome[] = []
  for (const path of globSync(['packages/*', 'apps/*', 'tooling', 'tooling/cluster'], { cwd: root }))
    outcomes.push(await start(compiler, ['-p', path], { directory: root }))
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') }
}
