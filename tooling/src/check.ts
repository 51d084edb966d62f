/**
 * Everything that can be known without running the tests: `npm run check`.
 *
 * Each step is a process of its own, two at a time. Those that look at what a user gets come after the build.
 * - `--fix` mends first whatever a machine can mend.
 * - `--skip-packed` leaves out the packed tarballs and the projects that install them.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSteps, type Step, type StepOutcome, start } from './steps.ts'

const { values } = parseArgs({ options: { fix: { type: 'boolean' }, 'skip-packed': { type: 'boolean' } } })
const root = join(import.meta.dirname, '../..')
process.chdir(root)

// Two cores are what CI and most laptops can spare.
const atOnce = 2
/** Programs of the root's development tools, wherever this is started from. */
const tool = (name: string): string => join(root, 'node_modules/.bin', name)
const biome = ['--error-on-warnings', '--colors=off', '--max-diagnostics=200']
const environment = { TURBO_TELEMETRY_DISABLED: '1' }

const build: Step = {
  name: 'build',
  run: () =>
    start(tool('turbo'), ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only'], { environment }),
}

/** In this order: what one mends another reads. */
const mending: readonly Step[] = [
  { name: 'mend lint and format', run: () => start(tool('biome'), ['check', '--write', ...biome]) },
  build,
  own('mend conventions', 'conventions.ts', 'mendConventions'),
  afterBuild(own('mend api reports', 'api-report.ts', 'writeApiReports')),
  afterBuild(own('mend licences', 'licences.ts', 'writeLicences')),
  afterBuild(own('mend generated blocks', 'generated.ts', 'writeGenerated')),
]

const steps: readonly Step[] = [
  build,
  { name: 'lint and format', run: () => start(tool('biome'), ['ci', ...biome]) },
  ...(values['skip-packed'] ? [] : [afterBuild(program('packed tarballs', 'packed.ts'))]),
  { name: 'types', run: checkTypes },
  { name: 'boundaries', run: () => start(tool('turbo'), ['boundaries'], { environment }) },
  own('conventions', 'conventions.ts', 'checkConventions'),
  own('unused', 'unused.ts', 'checkUnused'),
  own('duplicates', 'duplicates.ts', 'checkDuplicates'),
  own('size', 'size.ts', 'checkSizes'),
  own('release set-up', 'release/setup.ts', 'checkReleaseSetup'),
  afterBuild(own('api reports', 'api-report.ts', 'checkApiReports')),
  afterBuild(own('docs', 'check-docs.ts', 'checkDocs')),
  afterBuild(own('generated blocks', 'generated.ts', 'checkGenerated')),
  afterBuild(own('licences', 'licences.ts', 'checkLicences')),
  ...(values['skip-packed'] ? [] : [afterBuild(program('installs', 'installs.ts'))]),
]

console.log(`check on Node ${process.version}`)
const mended = values.fix ? await runSteps(mending) : true
if (!(await runSteps(steps, { atOnce })) || !mended) process.exitCode = 1

/** A check of ours: a function of a file beside this one. */
function own(name: string, file: string, check: string): Step {
  return program(name, 'one-check.ts', file, check)
}

/** A program beside this one. */
function program(name: string, file: string, ...parameters: readonly string[]): Step {
  const run = (): Promise<StepOutcome> =>
    start(process.execPath, ['--conditions=source', join(import.meta.dirname, file), ...parameters])
  return { name, run }
}

function afterBuild(step: Step): Step {
  return { ...step, after: 'build' }
}

/** Every workspace with its own tsconfig.json, tests and type tests included. */
async function checkTypes(): Promise<StepOutcome> {
  const outcomes: StepOutcome[] = []
  for (const path of globSync(['packages/*', 'apps/*', 'tooling']))
    outcomes.push(await start(tool('tsc'), ['-p', path]))
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') }
}
