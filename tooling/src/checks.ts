/**
 * The checks of `npm run check`, in the order in which they begin. Each is a process of its own; those that look at what a user gets come after the
 * build. A new one is a file in `checks/` and a row here; CONTRIBUTING.md shows the rows.
 */
import { join } from 'node:path'
import { type Step, type StepOutcome, start } from './steps.ts'

/** A step, what it refuses, and the test that plants it. */
export interface Check extends Step {
  /** Completes "it refuses": a phrase for CONTRIBUTING.md. */
  readonly refuses: string
  /** The test in which an error of each kind is planted and seen, below `tooling/src`. */
  readonly planted: string
}

const root = join(import.meta.dirname, '../..')
const biome = ['--error-on-warnings', '--colors=off', '--max-diagnostics=200']
const buildParameters = ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only']

/** JavaScript and declarations of every package; what comes after it reads them. */
export const build: Step = { name: 'build', run: () => start(tool('turbo'), buildParameters, quiet()) }

/** Those that a change of the sources can break without an installation, and those that install. */
export const checks: readonly (Check & { readonly installs?: true })[] = [
  {
    name: 'lint and format',
    refuses:
      'what biome.json forbids: real clocks and chance, `||` with a literal, default exports, enums, `process.env`',
    planted: 'checks/lint-bans.test.ts',
    run: () => start(tool('biome'), ['ci', ...biome], quiet()),
  },
  {
    name: 'packed tarballs',
    after: 'build',
    installs: true,
    refuses:
      'a tarball that does not import, compile or run its README in an empty project, or that publint or attw complain about',
    planted: 'packed/tarballs.test.ts',
    run: () => program('packed.ts'),
  },
  {
    name: 'types',
    refuses: 'a type error in any source, test or tool',
    planted: 'checks/types.test.ts',
    run: () => own('types.ts', 'checkTypes'),
  },
  {
    name: 'boundaries',
    refuses: 'an import against the arrow, an undeclared one, a cycle of packages',
    planted: 'checks/boundaries.test.ts',
    run: () => start(tool('turbo'), ['boundaries'], quiet()),
  },
  {
    name: 'conventions',
    refuses:
      'packages of another shape, budgets exceeded, exports without a docstring, sources without a test, links that lead nowhere',
    planted: 'checks/conventions.test.ts',
    run: () => own('conventions.ts', 'checkConventions'),
  },
  {
    name: 'unused',
    refuses: 'files, exports and dependencies that nobody uses',
    planted: 'checks/unused.test.ts',
    run: () => own('unused.ts', 'checkUnused'),
  },
  {
    name: 'duplicates',
    refuses: 'code written twice',
    planted: 'checks/duplicates.test.ts',
    run: () => own('duplicates.ts', 'checkDuplicates'),
  },
  {
    name: 'size',
    refuses: 'an import that costs more bytes than its budget',
    planted: 'checks/size.test.ts',
    run: () => own('size.ts', 'checkSizes'),
  },
  {
    name: 'release set-up',
    refuses:
      'install scripts, actions that are not pinned, workflows that may more than they need, packages outside the fixed group',
    planted: 'release/setup.test.ts',
    run: () => own('../release/setup.ts', 'checkReleaseSetup'),
  },
  {
    name: 'api reports',
    after: 'build',
    refuses: 'a change of what a package exports without its `api.md` and a changeset',
    planted: 'checks/api-report.test.ts',
    run: () => own('api-report.ts', 'checkApiReports'),
  },
  {
    name: 'docs',
    after: 'build',
    refuses: 'an example that does not compile, or whose output is not what the page says',
    planted: 'checks/docs.test.ts',
    run: () => own('docs.ts', 'checkDocs'),
  },
  {
    name: 'generated blocks',
    refuses: 'a figure, table or drawing in a document that its source or result file does not bear out',
    planted: 'checks/generated.test.ts',
    run: () => own('generated.ts', 'checkGenerated'),
  },
  {
    name: 'licences',
    after: 'build',
    refuses: 'a licence that is not allowed, and a stale page of what packages bring',
    planted: 'checks/licences.test.ts',
    run: () => own('licences.ts', 'checkLicences'),
  },
  {
    name: 'packed sizes',
    after: 'build',
    refuses: 'a tarball above its budget in KB',
    planted: 'checks/conventions/package/packed-size.test.ts',
    run: () => own('conventions/package/packed-size.ts', 'checkPackedSizes'),
  },
  {
    name: 'measured packages',
    after: 'build',
    refuses: 'sizes in `results/packages.json` that the build does not bear out',
    planted: 'measured/measure-packages.test.ts',
    run: () => own('../measured/measure-packages.ts', 'checkMeasuredPackages'),
  },
  {
    name: 'installs',
    after: 'build',
    installs: true,
    refuses: 'a kind of project in which the packages do not install, compile or run',
    planted: 'installs/project.test.ts',
    run: () => program('installs.ts'),
  },
]

/** What a machine can mend, in this order: what one mends another reads. */
export const mending: readonly Step[] = [
  { name: 'mend lint and format', run: () => start(tool('biome'), ['check', '--write', ...biome], quiet()) },
  build,
  { name: 'mend conventions', run: () => own('conventions.ts', 'mendConventions') },
  { name: 'mend api reports', run: () => own('api-report.ts', 'writeApiReports') },
  { name: 'mend licences', run: () => own('licences.ts', 'writeLicences') },
  { name: 'mend generated blocks', run: () => own('generated.ts', 'writeGenerated') },
]

/** A program of the root's development tools. */
function tool(name: string): string {
  return join(root, 'node_modules/.bin', name)
}

/** A function of a file in `checks/`, in a process of its own. */
function own(file: string, check: string): Promise<StepOutcome> {
  return program('checks/one-check.ts', file, check)
}

function program(file: string, ...parameters: readonly string[]): Promise<StepOutcome> {
  return start(process.execPath, ['--conditions=source', join(import.meta.dirname, file), ...parameters], quiet())
}

function quiet(): { readonly directory: string; readonly environment: Readonly<Record<string, string>> } {
  return { directory: root, environment: { TURBO_TELEMETRY_DISABLED: '1' } }
}
