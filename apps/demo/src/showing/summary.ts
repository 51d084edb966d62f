/**
 * The end of a run for a reader: both clients beside each other, scene by scene, and the claims.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Outcome } from '../evaluate.ts'
import { type ClientName, clientNames, type PerClient } from '../messages.ts'
import type { Figures } from '../recording/recording.ts'
import { count, milliseconds, percent, row } from './cells.ts'

const groups = [18, 33, 0] as const
const widths = [15, -10, -5, -8, -6, -12, -5, -8, -6] as const
const head = ['requests', 'lost', 'repeated', 'p99 ms'] as const

/** Text with a table of figures and a line per check. */
export function summary(outcome: Outcome, leftOut: readonly string[]): string {
  const { checks, beside, scenes, total } = outcome
  const absent = leftOut.length === 0 ? [] : ['', `left out for lack of time: ${leftOut.join(', ')}`]
  return [
    '',
    row(groups, ['', 'evenkeel', 'BalancedPool']),
    row(widths, ['scene', ...head, ...head]),
    ...scenes.map(({ name, figures }) => sceneRow(name, figures)),
    sceneRow('whole run', total),
    '',
    ...clientNames.flatMap((name) => lossLines(name, total[name])),
    '',
    ...checks.map((check) => checkLine(check, beside[check.id])),
    ...absent,
    '',
  ].join('\n')
}

function sceneRow(scene: string, figures: PerClient<Figures>): string {
  const cells = clientNames.flatMap((name) => {
    const { requests, lost, repeated, p99 } = figures[name]
    return [count(requests), count(lost), count(repeated), milliseconds(p99)]
  })
  return row(widths, [scene, ...cells])
}

function lossLines(name: ClientName, { losses }: Figures): readonly string[] {
  const kinds = Object.entries(losses).sort(([, one], [, other]) => other - one)
  if (kinds.length === 0) return [`${name} lost nothing`]
  return [`${name} lost`, ...kinds.map(([what, times]) => row([-7, 0], [count(times), what]))]
}

function checkLine({ ok, claim, got, unit }: Check, beside: Check['got'] | undefined): string {
  const other = beside === undefined ? '' : `; BalancedPool: ${value(beside, unit === 'ratio' ? unit : '')}`
  return `${ok ? 'ok    ' : 'NOT OK'} ${claim} (${value(got, unit)}${other})`
}

function value(got: Check['got'], unit: string): string {
  if (got === null) return 'never'
  if (typeof got !== 'number') return String(got)
  return unit === 'ratio' ? percent(got) : `${count(got)} ${unit}`.trimEnd()
}
