/**
 * Breaks named rules by hand, one at a time, and looks whether a test of the rule notices: `npm run mutations [-- RULE...]`. What is broken is a copy;
 * the checkout is only read.
 *
 * The exit code is 1 if a rule can be broken without a test turning red, or if a mutation does not fit the sources any more.
 */
import { join } from 'node:path'
import { mutations } from './mutations/list.ts'
import { openTrial, type Verdict } from './mutations/trial.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.find((rule) => !mutations.some((mutation) => mutation.rule === rule))
if (unknown !== undefined) throw new Error(`${unknown} (expected: ${mutations.map(({ rule }) => rule).join(', ')})`)
const chosen = mutations.filter(({ rule }) => wanted.length === 0 || wanted.includes(rule))

using trial = openTrial(join(import.meta.dirname, '../..'))
let isOk = true
for (const mutation of chosen) {
  const verdict = await trial.judge(mutation)
  isOk &&= verdict.kind === 'caught'
  console.log(`${verdict.kind === 'caught' ? 'ok    ' : 'FAILED'} ${mutation.rule.padEnd(5)} ${mutation.broken}`)
  console.log(`       ${told(verdict)}`)
}
if (!isOk) process.exitCode = 1

function told(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'caught':
      return `red: ${verdict.test}`
    case 'survived':
      return `survived: no test of the rule turns red (${verdict.tests} ran)`
    case 'refused':
      return `refused: ${verdict.reason}`
  }
}
