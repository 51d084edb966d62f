/**
 * The conventions of CONTRIBUTING.md that no linter knows, one rule a file: the same shape for every package, budgets of files,
 * folders and functions, docstrings, tests beside what decides, decisions with a status, links that lead somewhere.
 *
 * Each complaint says where, what is there and what was expected. Numbers and exceptions stand in `conventions/budgets.json`.
 */

import type { StepOutcome } from '../steps.ts'
import { lowerBudgets, readBudgets } from './conventions/budgets.ts'
import { Checkout } from './conventions/checkout.ts'
import { complaintsOf } from './conventions/complaints.ts'
import { decisions } from './conventions/markdown/decisions.ts'
import { links } from './conventions/markdown/links.ts'
import { packageBudget } from './conventions/package/budget.ts'
import { packageFiles } from './conventions/package/files.ts'
import { packageManifest } from './conventions/package/manifest.ts'
import { readmeSections } from './conventions/package/readme-sections.ts'
import type { Rule } from './conventions/rule.ts'
import { countUndocumented, documented } from './conventions/source/documented.ts'
import { fileNames } from './conventions/source/file-names.ts'
import { fileSize } from './conventions/source/file-size.ts'
import { folderSize } from './conventions/source/folder-size.ts'
import { functionLength, measureLongFunctions } from './conventions/source/function-length.ts'
import { tested } from './conventions/source/tested.ts'

/** Checks the checkout at `root` by every rule. */
export function checkConventions(root: string): StepOutcome {
  const complaints = complaintsOf(root, rulesFor(root))
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Lowers the budgets of exceptions to what is there, then checks. */
export function mendConventions(root: string): StepOutcome {
  const checkout = new Checkout(root)
  lowerBudgets(root, {
    longFunctions: measureLongFunctions(checkout),
    undocumentedMembers: countUndocumented(checkout),
  })
  return checkConventions(root)
}

/** In the order in which a reader meets what they are about. */
function rulesFor(root: string): readonly Rule[] {
  const { packages, longFunctions, undocumentedMembers } = readBudgets(root)
  return [
    packageFiles,
    packageManifest,
    packageBudget(packages),
    readmeSections,
    fileNames,
    fileSize,
    folderSize,
    functionLength(longFunctions),
    documented(undocumentedMembers),
    tested,
    decisions,
    links,
  ]
}
