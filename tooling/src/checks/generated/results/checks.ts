/**
 * `checks NAME [PREFIX ...]`: what `results/NAME.json` claims and measured, of the checks whose id begins with a prefix,
 * and where it was measured.
 */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Check } from '../../../result.ts'
import type { Generate } from '../../generated.ts'
import { generate as environment } from './environment.ts'

/** A row per check, and a line on the environment. */
export const generate: Generate = ({ root, parameters: [name = '', ...prefixes] }) => {
  const { checks } = readResult(root, name)
  for (const prefix of prefixes)
    if (!checks.some(({ id }) => id.startsWith(prefix)))
      throw new Error(
        `results/${name}.json has no check ${prefix} (expected: ${checks.map(({ id }) => id).join(', ')})`,
      )
  const chosen = checks.filter(({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)))
  const rows = chosen.map((check) => [check.claim, measured(check), String(check.expected), check.ok ? 'ok' : 'not ok'])
  return [table(['claim', 'measured', 'bound', ''], rows), environment({ root, parameters: [name] })].join('\n\n')
}

function measured({ got, unit }: Check): string {
  if (typeof got !== 'number') return String(got ?? 'not measured')
  return `${rounded(got)} ${unit === 'ratio' ? '' : unit}`.trimEnd()
}

/** Three digits that mean something, and no more than three behind the point. */
function rounded(value: number): string {
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 3 : Math.abs(value) < 100 ? 1 : 0
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}
