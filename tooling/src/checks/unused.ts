/**
 * Files, exports and dependencies that nobody uses, found by knip. What knip cannot see stands in tooling/knip.jsonc, each entry with its reason; an entry
 * that has become needless is an error too, so that the list stays as short as it can be.
 */
import { join } from 'node:path'
import { type StepOutcome, start } from '../steps.ts'

/** Checks the checkout at `root` by its own `tooling/knip.jsonc`. */
export async function checkUnused(root: string): Promise<StepOutcome> {
  const { ok, output } = await start(
    join(import.meta.dirname, '../../../node_modules/.bin/knip'),
    [
      ...['--directory', root, '--config', join(root, 'tooling/knip.jsonc'), '--no-progress'],
      ...['--reporter', 'symbols', '--treat-config-hints-as-errors'],
    ],
    { environment: { NO_COLOR: '1' } },
  )
  return ok
    ? { ok, output: '' }
    : { ok, output: `${output}Expected: none. Delete it, or give its reason in tooling/knip.jsonc.\n` }
}
