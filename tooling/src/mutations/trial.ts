/**
 * A copy of the package in which rules are broken, and the tests that are run there. Everything else comes from the checkout.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { start } from '../steps.ts'
import { broken, type Mutation } from './mutation.ts'

/** What became of a broken rule. */
export type Verdict =
  | { readonly kind: 'caught'; readonly test: string }
  | { readonly kind: 'survived'; readonly tests: number }
  /** The mutation says nothing: it does not fit, or the rule has no test that is green without it. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Breaks and judges, one after another. Disposing removes the copy. */
export interface Trial extends Disposable {
  judge(mutation: Mutation): Promise<Verdict>
}

/** What a test runner's report says of one test. */
interface Ran {
  readonly fullName: string
  readonly status: string
}

const copied = 'packages/k8s-watch-resolver'
// A broken rule may make a test wait for what never comes.
const testTimeoutMs = 10_000

/** Makes the copy. @param root of the checkout, which is only read */
export function openTrial(root: string): Trial {
  const copy = mkdtempSync(join(tmpdir(), 'mutations-'))
  const isSource = (path: string): boolean => !/\/(?:node_modules|dist)$/.test(path)
  cpSync(join(root, copied), join(copy, copied), { recursive: true, filter: isSource })
  for (const modules of ['node_modules', join(copied, 'node_modules')]) {
    if (existsSync(join(root, modules))) symlinkSync(join(root, modules), join(copy, modules))
  }
  for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(root, file), join(copy, file))
  writeFileSync(join(copy, 'vitest.config.ts'), configuration)
  return {
    judge: (mutation) => judge(root, copy, mutation),
    [Symbol.dispose]: () => rmSync(copy, { recursive: true, force: true }),
  }
}

async function judge(root: string, copy: string, mutation: Mutation): Promise<Verdict> {
  const { file } = mutation
  try {
    const text = broken(root, mutation)
    const before = await run(root, copy, mutation)
    const red = before.find(({ status }) => status === 'failed')
    if (red !== undefined) return refused(`red before anything is broken: ${red.fullName}`)
    if (before.length === 0)
      return refused(`no test of ${mutation.rule} in ${mutation.tests.join(', ')} (expected: its id in a title)`)
    const after = await runBroken(root, copy, mutation, text)
    const caught = after.find(({ status }) => status === 'failed')
    if (caught !== undefined) return { kind: 'caught', test: caught.fullName }
    if (after.length === 0) return refused(`${file} does not run any more: that is no broken rule`)
    return { kind: 'survived', tests: after.length }
  } catch (error) {
    return refused((error as Error).message)
  }
}

/** The tests of the rule with this text in place of the source; afterwards the copy is whole again. */
async function runBroken(root: string, copy: string, mutation: Mutation, text: string): Promise<readonly Ran[]> {
  const { file } = mutation
  writeFileSync(join(copy, file), text)
  try {
    return await run(root, copy, mutation)
  } finally {
    cpSync(join(root, file), join(copy, file))
  }
}

/** The tests of the rule that ran. */
async function run(root: string, copy: string, { rule, tests }: Mutation): Promise<readonly Ran[]> {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  mkdirSync(dirname(report), { recursive: true })
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const parameters = ['run', '--root', copy, '-t', `\\b${rule}\\b`, '--reporter=json', `--outputFile=${report}`]
  const { output } = await start(process.execPath, [vitest, ...parameters, ...tests], { directory: copy })
  if (!existsSync(report)) throw new Error(`the tests did not run: ${output.slice(-500)}`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly Ran[] }[]
  }
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status }) => ({ fullName: `${relative(copy, name)}: ${fullName.trim()}`, status })),
  )
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason }
}

/** As that of the checkout, for the one package, and without what stands around the whole suite. */
const configuration = `import { defineConfig } from 'vitest/config'
const conditions = ['source', 'node', 'import', 'module', 'default']
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    testTimeout: ${testTimeoutMs},
  },
})
`
