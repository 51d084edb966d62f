/**
 * Everything that can be known without running the tests: `npm run check`.
 *
 * - `--fix` formats first and applies the safe fixes.
 * - `--skip-packed` leaves out the packed tarballs, which need a build and an installation (about a minute).
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkConventions } from './conventions.ts'
import { command, runSteps, type Step, type StepOutcome } from './steps.ts'

const { values } = parseArgs({ options: { fix: { type: 'boolean' }, 'skip-packed': { type: 'boolean' } } })
const root = join(import.meta.dirname, '../..')
process.chdir(root)

/** Programs of the root's development tools, wherever this is started from. */
const tool = (name: string): string => join(root, 'node_modules/.bin', name)
const biome = ['--error-on-warnings', '--colors=off', '--max-diagnostics=200']
const environment = { TURBO_TELEMETRY_DISABLED: '1' }

const steps: readonly Step[] = [
  {
    name: values.fix ? 'lint and format (fixing)' : 'lint and format',
    run: () => command(tool('biome'), values.fix ? ['check', '--write', ...biome] : ['ci', ...biome]),
  },
  { name: 'types', run: checkTypes },
  { name: 'boundaries', run: () => command(tool('turbo'), ['boundaries'], { environment }) },
  { name: 'conventions', run: () => checkConventions(root) },
  ...(values['skip-packed'] ? [] : packedSteps()),
]

console.log(`check on Node ${process.version}`)
if (!runSteps(steps)) process.exitCode = 1

/** Every workspace with its own tsconfig.json, tests and type tests included. */
function checkTypes(): StepOutcome {
  const outcomes = globSync(['packages/*', 'apps/*', 'tooling']).map((path) => command(tool('tsc'), ['-p', path]))
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') }
}

function packedSteps(): readonly Step[] {
  const packed = ['--conditions=source', join(import.meta.dirname, 'packed.ts')]
  return [
    {
      name: 'build',
      run: () =>
        command(tool('turbo'), ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only'], { environment }),
    },
    { name: 'packed tarballs', run: () => command(process.execPath, packed) },
  ]
}
