/** `checks NAME [PREFIX ...]`: what `results/NAME.json` claims and measured, of the checks whose id begins with a prefix. */
import type { Generate } from '../../generated.ts'
import { table } from '../../markdown/table.ts'
import { readResult } from '../../measured/results.ts'
import type { Check } from '../../result.ts'

/** A row per check. */
export const generate: Generate = ({ root, parameters: [name = '', ...prefixes] }) => {
  const { checks } = readResult(root, name)
  for (const prefix of prefixes)
    if (!checks.some(({ id }) => id.startsWith(prefix)))
      throw new Error(
        `results/${name}.json has no check ${prefix} (expected: ${checks.map(({ id }) => id).join(', ')})`,
      )
  const chosen = checks.filter(({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)))
  return table(
    ['claim', 'measured', 'bound', ''],
    chosen.map((check) => [check.claim, measured(check), String(check.expected), check.ok ? 'ok' : 'not ok']),
  )
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
