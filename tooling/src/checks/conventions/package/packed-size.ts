/** What a user downloads: the size of each tarball against its budget. Needs a build, so it is a check of its own. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from '../../../packed/tarballs.ts'
import type { StepOutcome } from '../../../steps.ts'
import { type PackageBudget, readBudgets } from '../budgets.ts'

/** A room above what is there, within which a budget is honest: one far above its package would let anything pass. */
const slackRatio = 1.25

/** Packs every package and weighs it. */
export function checkPackedSizes(root: string): StepOutcome {
  const budgets = readBudgets(root).packages
  const directory = mkdtempSync(join(tmpdir(), 'packed-size-'))
  try {
    const complaints = packAll(root, directory).flatMap(({ name, path }) => {
      const folder = `packages/${name.slice(name.indexOf('/') + 1)}`
      return weigh(folder, statSync(path).size / 1000, budgets[folder])
    })
    return { ok: complaints.length === 0, output: complaints.join('\n') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Complains about a package that is heavier than its budget, and about a budget that is far above its package. */
export function weigh(folder: string, kb: number, budget: PackageBudget | undefined): readonly string[] {
  const got = `${folder}: ${kb.toFixed(1)} KB packed`
  if (budget === undefined) return [`${got} (expected: a line in budgets.json)`]
  if (kb > budget.packedKb) return [`${got} (expected: <= ${budget.packedKb})`]
  if (kb * slackRatio < budget.packedKb)
    return [`${got} (expected: a budget of ${Math.ceil(kb * 1.1)} instead of ${budget.packedKb})`]
  return []
}
