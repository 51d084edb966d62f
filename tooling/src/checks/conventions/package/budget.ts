/** What a user takes in with a package: its dependencies. Their number is a promise, so it stands in a table. */

import type { PackageBudget } from '../budgets.ts'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'

/** Counts dependencies; `budgets` has a line for each package and for nothing else. */
export function packageBudget(budgets: Readonly<Record<string, PackageBudget>>): Rule {
  return {
    name: 'packages stay within their budget of dependencies',
    check(checkout) {
      return [
        ...checkout.packages.flatMap((folder) => checkPackage(checkout, folder, budgets[folder])),
        ...Object.keys(budgets)
          .filter((folder) => !checkout.packages.includes(folder))
          .map((folder) => ({ file: folder, got: 'a budget without a package', expected: 'no line in budgets.json' })),
      ]
    },
  }
}

function checkPackage(checkout: Checkout, folder: string, budget: PackageBudget | undefined): readonly Complaint[] {
  if (budget === undefined) return [{ file: folder, got: 'no budget', expected: 'a line in budgets.json' }]
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(checkout.text(`${folder}/package.json`))
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
  if (names.length <= budget.dependencies) return []
  return [
    {
      file: `${folder}/package.json`,
      got: `${names.length} dependencies: ${names.join(', ')}`,
      expected: `<= ${budget.dependencies}`,
    },
  ]
}
