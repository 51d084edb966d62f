/**
 * The end of a run for a reader.
 */
import { isOk } from '@evenkeel/tooling/result'
import type { Outcome, SceneFigures } from './evaluate.ts'
import { type ClientName, clientNames } from './recording/recording.ts'

const widths = [-20, -7, 10, 6, 6, 8, 8, 18, 18] as const
const head = ['scene', 'client', 'requests', 'GET', 'POST', 'p50 ms', 'p99 ms', 'new pod ms', 'leaving pod ms']

/** A table, what was lost and why, and what does not hold. */
export function summary(outcome: Outcome): string {
  const { scenes, checks } = outcome
  const failed = checks.filter(({ ok }) => !ok)
  return [
    '',
    'lost requests by method; from the slice to requests of ours: median (longest)',
    row(head),
    ...scenes.flatMap((scene) => clientNames.map((client) => sceneRow(scene, client))),
    '',
    ...scenes.flatMap(lossLines),
    isOk(outcome) ? `all ${checks.length} checks hold` : `${failed.length} of ${checks.length} checks do not hold:`,
    ...failed.map(({ id, claim, got, expected, unit }) => `  ${id}: ${claim}: ${got} ${unit} (expected: ${expected})`),
    '',
  ].join('\n')
}

function sceneRow({ name, clients, news }: SceneFigures, client: ClientName): string {
  const { requests, lost, p50, p99 } = clients[client]
  const times = (kind: 'arrived' | 'leaving'): string => {
    const { median, longest } = news[kind]
    return client === 'plain' || median === null ? '' : `${median} (${longest})`
  }
  const cells = [client, whole(requests), whole(lost.GET), whole(lost.POST), `${p50 ?? '-'}`, `${p99 ?? '-'}`]
  return row([client === 'ours' ? name : '', ...cells, times('arrived'), times('leaving')])
}

function lossLines({ name, clients, differences }: SceneFigures): readonly string[] {
  const losses = clientNames.flatMap((client) =>
    Object.entries(clients[client].losses).map(([reason, times]) => `  ${client.padEnd(7)} ${whole(times)} ${reason}`),
  )
  const lines = [...losses, ...differences.map((difference) => `  ${difference}`)]
  return lines.length === 0 ? [] : [`${name}:`, ...lines, '']
}

function whole(value: number): string {
  return value.toLocaleString('en')
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0
      return width < 0 ? cell.padEnd(-width) : cell.padStart(width)
    })
    .join(' ')
    .trimEnd()
}
