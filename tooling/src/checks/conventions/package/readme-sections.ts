/** The READMEs of the packages have one shape, so that a reader knows where the answer stands before opening one. */
import type { Checkout } from '../checkout.ts'
import { prose } from '../markdown/prose.ts'
import type { Complaint, Rule } from '../rule.ts'

const sections = ['Install', 'When to use it', 'Options', 'Errors', 'Cost', 'Contract']
/** Three screens; what is longer is a guide and belongs into docs. */
const maxLines = 120

/** Sections and length of each package's README. */
export const readmeSections: Rule = {
  name: 'READMEs of packages have the same sections',
  check(checkout) {
    return checkout.packages
      .map((folder) => `${folder}/README.md`)
      .filter((file) => checkout.exists(file))
      .flatMap((file) => [...checkSections(checkout, file), ...checkLength(checkout, file)])
  },
}

function checkSections(checkout: Checkout, file: string): readonly Complaint[] {
  const found = prose(checkout.text(file)).flatMap(({ text }) => /^## (.*)$/.exec(text)?.[1]?.trim() ?? [])
  const list = (names: readonly string[]): string => names.map((name) => `## ${name}`).join(', ')
  if (list(found) === list(sections)) return []
  return [{ file, got: found.length === 0 ? 'no sections' : list(found), expected: list(sections) }]
}

function checkLength(checkout: Checkout, file: string): readonly Complaint[] {
  const lines = checkout.lines(file)
  return lines > maxLines ? [{ file, got: `${lines} lines`, expected: `<= ${maxLines}` }] : []
}
