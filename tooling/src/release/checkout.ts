/** A copy of what is committed, versioned and built as a release would be. The checkout that it is made from stays as it is. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CommandOptions, type StepOutcome, start } from '../steps.ts'

/**
 * Clones HEAD of the checkout at `root` into `directory`, installs exactly the lockfile, applies the changesets and builds every package. On a commit
 * without changesets the versions stay.
 */
export async function buildRelease(root: string, directory: string): Promise<StepOutcome> {
  const bin = (name: string): string => join(directory, 'node_modules/.bin', name)
  const environment = {
    // The Node that runs this, also for the scripts of packages.
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: '1',
  }
  const inside: CommandOptions = { directory, environment }
  return sequence([
    () => start('git', ['clone', '--quiet', '--no-local', root, directory]),
    () => start('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], inside),
    // On the commit of a release there is nothing left to apply, which changesets takes for an error.
    async () => (hasChangesets(directory) ? start(bin('changeset'), ['version'], inside) : { ok: true, output: '' }),
    // Nothing from a cache: what is built here shall come from these sources.
    () =>
      start(bin('turbo'), ['run', 'build', '--filter=./packages/*', '--force', '--output-logs=errors-only'], inside),
  ])
}

async function sequence(parts: readonly (() => Promise<StepOutcome>)[]): Promise<StepOutcome> {
  for (const part of parts) {
    const outcome = await part()
    if (!outcome.ok) return outcome
  }
  return { ok: true, output: '' }
}

/** Whether the checkout has changes that no release has described yet. */
export function hasChangesets(directory: string): boolean {
  return readdirSync(join(directory, '.changeset')).some((name) => name.endsWith('.md') && name !== 'README.md')
}
