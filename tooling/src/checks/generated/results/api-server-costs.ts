/** `api-server-costs [line]`: what a resolver asks of a real API server and what goes over the wire, from `results/api-server-costs.json`. */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

interface Cost {
  readonly what: string
  readonly value: number
  readonly unit: string
}

/** A line of circumstances, and the table; with `line` one line of figures alone. */
export const generate: Generate = ({ root, parameters: [form] }) => {
  const { command, environment, figures } = readResult(root, 'api-server-costs')
  const { costs } = figures as unknown as { readonly costs: readonly Cost[] }
  if (form === 'line') return `${costs.map((cost) => `${cost.what}: ${figureOf(cost)}`).join('; ')}.`
  return [
    `One run of \`${command}\` at the real API server of the cluster suite (Node ${environment.node.slice(1)}).`,
    '',
    table(
      ['what', 'figure'],
      costs.map((cost) => [cost.what, figureOf(cost)]),
    ),
  ].join('\n')
}

function figureOf({ value, unit }: Cost): string {
  return `${value.toLocaleString('en-US')} ${unit}`.trim()
}
