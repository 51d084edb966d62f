/** All examples in one run of the compiler, against the declarations that users get; those that are meant to fail in another, so that they hide nothing. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { start } from '../../steps.ts'
import type { Example } from './example.ts'
import type { Problem } from './fence.ts'
import type { Workplace } from './workplace.ts'

interface Diagnostic {
  readonly example: Example
  readonly code: number
  readonly problem: Problem
}

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  moduleDetection: 'force',
  types: ['node'],
  strict: true,
  noEmit: true,
  // Node runs the examples as they are.
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  // So that names imported in JavaScript are looked up.
  allowJs: true,
  checkJs: true,
  // The cluster is sources.
  allowImportingTsExtensions: true,
  // The declarations themselves are checked with the packed tarballs.
  skipLibCheck: true,
}

/** Compiles the examples. An error is a problem, and where the page claims one, its absence. */
export async function compile(workplace: Workplace, examples: readonly Example[]): Promise<readonly Problem[]> {
  const failing = examples.filter(fails)
  const others = examples.filter((example) => !fails(example))
  const diagnostics = await diagnose(workplace, others)
  const wrong = new Set((await diagnose(workplace, failing)).map(({ example }) => example))
  return [
    ...diagnostics.filter(counts).map(({ problem }) => problem),
    ...failing.filter((example) => !wrong.has(example)).map(notFailing),
  ]
}

async function diagnose(workplace: Workplace, examples: readonly Example[]): Promise<readonly Diagnostic[]> {
  if (examples.length === 0) return []
  const { directory } = workplace
  const files = examples.map((example) => workplace.fileOf(example))
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(import.meta.dirname, '../../../../node_modules/.bin/tsc')
  const { ok, output } = await start(tsc, ['-p', 'tsconfig.json', '--pretty', 'false'], { directory })
  if (ok) return []
  // A message of several lines has the further ones indented.
  const messages = output.split(/\n(?! )/).filter((message) => message !== '')
  return messages.map((message) => {
    const [, file = '', line, code, text] = /^(.+?)\((\d+),\d+\): error TS(\d+): (.*)$/s.exec(message) ?? []
    const example = workplace.exampleOf(file)
    if (example === undefined) throw new Error(`${message} (expected: errors in examples alone; is a build under way?)`)
    const problem = { file: example.file, line: example.line + Number(line) - 1, text: `TS${code}: ${text}` }
    return { example, code: Number(code), problem }
  })
}

/** In JavaScript only what it cannot do without: its syntax, and that what it imports from our packages is there. */
function counts({ example, code, problem }: Diagnostic): boolean {
  const isImport = [2305, 2307, 2614, 2724, 2882].includes(code) && problem.text.includes('@evenkeel/')
  return example.language === 'ts' || isSyntax(code) || isImport
}

/** Codes of the parser: from 1000, of TypeScript's syntax in JavaScript from 8000, of types and elements in odd places from 17000. */
function isSyntax(code: number): boolean {
  return [1, 8, 17].includes(Math.floor(code / 1000))
}

function fails({ claim }: Example): boolean {
  return claim.kind === 'fails'
}

function notFailing({ file, line }: Example): Problem {
  return { file, line: line - 1, text: 'compiles (expected: an error, since the fence is marked "fails")' }
}
