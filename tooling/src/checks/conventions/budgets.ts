/**
 * What is allowed, in numbers, in one place: `budgets.json`. A check complains about a number that is exceeded, and about an exception
 * that is larger than what is there: so exceptions only shrink. `npm run check -- --fix` lowers them.
 *
 * Packages have room for some weeks of work; whoever raises a number says why in the commit.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The table. */
export interface Budgets {
  /** By folder: `packages/core`. */
  readonly packages: Readonly<Record<string, PackageBudget>>
  /** Lines of functions that are above the limit and were there before it, by `file#name`. */
  readonly longFunctions: Readonly<Record<string, number>>
  /** Members inside of a package without a docstring, by file. */
  readonly undocumentedMembers: Readonly<Record<string, number>>
}

/** What one package may bring. A peer is the user's own choice and counts as no dependency. */
export interface PackageBudget {
  /** Entries of `dependencies` and `optionalDependencies` together. */
  readonly dependencies: number
  /** Size of the tarball in kilobytes of 1,000 bytes. */
  readonly packedKb: number
}

/** Numbers of exceptions as they are now, in the shape of the table. */
export type Measured = Omit<Budgets, 'packages'>

const path = 'tooling/src/checks/conventions/budgets.json'

/** The table of the checkout; empty where there is none. */
export function readBudgets(root: string): Budgets {
  const file = join(root, path)
  if (!existsSync(file)) return { packages: {}, longFunctions: {}, undocumentedMembers: {} }
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Writes the table with every exception as small as what was measured, without those that are needed no more. Raises nothing. */
export function lowerBudgets(root: string, measured: Measured): void {
  const budgets = readBudgets(root)
  const lowered: Budgets = {
    packages: budgets.packages,
    longFunctions: lower(budgets.longFunctions, measured.longFunctions),
    undocumentedMembers: lower(budgets.undocumentedMembers, measured.undocumentedMembers),
  }
  if (JSON.stringify(lowered) === JSON.stringify(budgets)) return
  writeFileSync(join(root, path), `${JSON.stringify(lowered, undefined, 2)}\n`)
}

function lower(
  allowed: Readonly<Record<string, number>>,
  measured: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const entries = Object.entries(allowed).map(([key, number]) => [key, Math.min(number, measured[key] ?? 0)] as const)
  return Object.fromEntries(entries.filter(([, number]) => number > 0))
}
