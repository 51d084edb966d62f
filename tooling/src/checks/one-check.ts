/**
 * Runs one check of ours in a process of its own, so that checks run side by side: `node one-check.ts conventions.ts checkConventions`.
 * The module stands beside this file; the function takes the root of the checkout and answers with a `StepOutcome`.
 */
import { join } from 'node:path'
import type { StepOutcome } from '../steps.ts'

const [file, name] = process.argv.slice(2)
const checks: Readonly<Record<string, unknown>> = await import(`./${file}`)
const check = checks[name ?? '']
if (typeof check !== 'function') throw new Error(`one-check: ${file} exports no function ${name}`)
const outcome: StepOutcome = await check(join(import.meta.dirname, '../../..'))
if (outcome.output !== '') console.log(outcome.output)
if (!outcome.ok) process.exitCode = 1
