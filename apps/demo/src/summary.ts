/**
 * The end of a run for a reader: both clients beside each other, scene by scene, and the claims.
 */
import type { Outcome } from './demo.ts'
import { type ClientName, clientNames } from './messages.ts'
import type { Figures } from './recording.ts'

const head = ['scene', 'client', 'requests', 'lost GET', 'lost POST', 'repeated', 'p99 ms'] as const
const widths = [17, 13, 9, 9, 9, 9, 8] as const

/** Text with a table of figures and a line per check. */
export function summarise(outcome: Outcome, leftOut: readonly string[]): string {
  const lines = [
    row(head),
    ...outcome.scenes.flatMap(({ name, figures }) => rows(name, figures)),
    ...rows('all', outcome.total),
  ]
  const checks = outcome.checks.map(
    ({ ok, claim, got, unit }) =>
      `${ok ? 'ok    ' : 'NOT OK'} ${claim} (${got ?? 'not measured'}${unit === '' ? '' : ` ${unit}`})`,
  )
  const absent = leftOut.length === 0 ? [] : ['', `left out for lack of time: ${leftOut.join(', ')}`]
  return ['', ...lines, '', ...checks, ...absent, ''].join('\n')
}

function rows(scene: string, figures: Readonly<Record<ClientName, Figures>>): readonly string[] {
  return clientNames.map((name, index) => {
    const { requests, lostGet, lostPost, repeated, p99 } = figures[name]
    return row([
      index === 0 ? scene : '',
      name,
      String(requests),
      String(lostGet),
      String(lostPost),
      String(repeated),
      p99.toFixed(0),
    ])
  })
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join(' ')
}
