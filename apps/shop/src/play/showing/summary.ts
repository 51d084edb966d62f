/**
 * The end of a play for a reader.
 */
import type { Outcome, SceneFigures } from '../outcome.ts'
import { milliseconds, percent, whole } from './cells.ts'
import { losses } from './picture.ts'

const widths = [-18, 9, 6, 6, 7, 7, 8, 8, 26] as const
const head = ['scene', 'requests', 'lost', 'GET', 'POST', 'p50 ms', 'p99 ms', 'change s', 'users pods after it']

/** Text with a table, and what was lost by reason. */
export function summary({ scenes, total }: Outcome): string {
  return [
    '',
    row(head),
    ...scenes.map(sceneRow),
    '',
    ...losses(total),
    '',
    'users pods: share of the answers in the last seconds of the scene (open connections)',
    ...scenes.map(({ name, after }) => `${name.padEnd(18)} ${after.pods.users.map(partOf).join('  ')}`),
    '',
  ].join('\n')
}

function sceneRow({ name, figures, took, after }: SceneFigures): string {
  const { requests, lost, p50, p99 } = figures
  const shares = after.pods.users.map(({ share }) => share)
  return row([
    name,
    whole(requests),
    whole(lost.GET + lost.POST),
    whole(lost.GET),
    whole(lost.POST),
    milliseconds(p50),
    milliseconds(p99),
    took === null ? '-' : String(took.gone),
    `${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}`,
  ])
}

function partOf({ share, connections }: SceneFigures['after']['pods']['users'][number]): string {
  return `${percent(share)} (${connections ?? 'gone'})`
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0
      return width < 0 ? cell.padEnd(-width) : cell.padStart(width)
    })
    .join(' ')
}
