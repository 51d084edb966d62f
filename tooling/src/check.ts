/**
 * Everything that can be known without running the tests: `npm run check`. What it does stands in `checks.ts`.
 *
 * - `--fix` mends first whatever a machine can mend.
 * - `--skip-packed` leaves out the checks that install: the packed tarballs, and the projects of other kinds.
 */
import { parseArgs } from 'node:util'
import { build, checks, mending } from './checks.ts'
import { runSteps } from './steps.ts'

// Two cores are what CI and most laptops can spare.
const atOnce = 2

const { values } = parseArgs({ options: { fix: { type: 'boolean' }, 'skip-packed': { type: 'boolean' } } })
const chosen = checks.filter(({ installs }) => installs === undefined || values['skip-packed'] !== true)

console.log(`check on Node ${process.version}`)
const mended = values.fix ? await runSteps(mending) : true
if (!(await runSteps([build, ...chosen], { atOnce })) || !mended) process.exitCode = 1
