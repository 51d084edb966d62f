/**
 * Code that users read is code that works: every fence of README, guides and documentation comments is compiled against the built packages, and the
 * marked ones are run.
 *
 * A fence is a whole program or module. The words behind its marks:
 * - `ts`: compiles, strictly, against `dist`. `js` and `cjs`: is JavaScript, and what it imports from our packages is there.
 * - `ts run`, `js run`, `cjs run`: and exits with 0. If the next fence is a `text`, that is what it prints; `…` there stands for anything within a line.
 * - `ts fails REASON`: does not compile, and the page means it.
 * - anything else is a language of `docs/example.ts` and nothing but read.
 */

import type { StepOutcome } from '../steps.ts'
import { compile } from './docs/compile.ts'
import { examplesOf } from './docs/example.ts'
import type { Problem } from './docs/fence.ts'
import { pagesOf } from './docs/pages.ts'
import { type RunOptions, runExamples } from './docs/run.ts'
import { syntaxProblem } from './docs/syntax.ts'
import { createWorkplace, missingFiles } from './docs/workplace.ts'

// An example makes a request or a few in well below a second; the rest is for a machine that does other things too.
const patience: RunOptions = { deadlineMs: 20_000 }

/** Checks all pages of the checkout at `root`, whose packages have been built. */
export async function checkDocs(root: string, options: RunOptions = patience): Promise<StepOutcome> {
  const missing = missingFiles(root)
  if (missing.length > 0)
    return { ok: false, output: `missing: ${missing.join(', ')} (expected: built packages, by npm run build)\n` }
  const pages = pagesOf(root)
  const found = pages.map(examplesOf)
  const examples = found.flatMap((page) => page.examples)
  if (examples.length === 0) return { ok: false, output: 'no page has an example (expected: at least README.md)\n' }
  const unparsed = new Map(examples.map((example) => [example, syntaxProblem(example)]))
  const parsed = examples.filter((example) => unparsed.get(example) === undefined)
  const workplace = createWorkplace(root, parsed)
  try {
    const problems = [
      ...[...pages, ...found].flatMap((page) => page.problems),
      ...[...unparsed].flatMap(([{ claim }, problem]) => (claim.kind === 'fails' ? [] : (problem ?? []))),
      ...(await compile(workplace, parsed)),
      ...(await runExamples(workplace, parsed, options)),
    ]
    return { ok: problems.length === 0, output: report(problems) }
  } finally {
    workplace[Symbol.dispose]()
  }
}

function report(problems: readonly Problem[]): string {
  return [...problems]
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
    .map(({ file, line, text }) => `${file}:${line}: ${text.trimEnd()}\n`)
    .join('')
}
