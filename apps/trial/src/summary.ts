/**
 * The end of a run for a reader.
 */
import { isOk } from '@evenkeel/tooling/result'
import type { ClientFigures, Outcome, SceneFigures } from './evaluate.ts'
import type { Protocol } from './protocol.ts'
import { methodNames } from './recording/recording.ts'

const widths = { scene: -20, client: -11, figure: 9, times: 16 } as const

/** A table, what was lost and why, and what does not hold. */
export function summary(outcome: Outcome, { methods, podsTell }: Protocol): string {
  const { scenes, checks } = outcome
  const failed = checks.filter(({ ok }) => !ok)
  const names = methodNames(methods)
  const twice = podsTell ? ['twice'] : []
  const figures = ['requests', ...names, ...twice, 'p50 ms', 'p99 ms']
  return [
    '',
    'lost requests by method; from the slice to requests: median (longest)',
    row('scene', 'client', figures, ['new pod ms', 'leaving pod ms']),
    ...scenes.flatMap((scene) => sceneRows(scene, names, twice.length > 0)),
    '',
    ...scenes.flatMap(lossLines),
    isOk(outcome) ? `all ${checks.length} checks hold` : `${failed.length} of ${checks.length} checks do not hold:`,
    ...failed.map(({ id, claim, got, expected, unit }) => `  ${id}: ${claim}: ${got} ${unit} (expected: ${expected})`),
    '',
  ].join('\n')
}

function sceneRows(
  { name, clients }: SceneFigures,
  methods: readonly string[],
  tellsTwice: boolean,
): readonly string[] {
  return Object.entries(clients).map(([client, figures], index) => {
    const { requests, lost, processedTwice, p50, p99 } = figures
    const counts = [requests, ...methods.map((method) => lost[method] ?? 0), ...(tellsTwice ? [processedTwice] : [])]
    const cells = [...counts.map(whole), `${p50 ?? '-'}`, `${p99 ?? '-'}`]
    return row(index === 0 ? name : '', client, cells, [times(figures, 'arrived'), times(figures, 'leaving')])
  })
}

function times({ news }: ClientFigures, kind: 'arrived' | 'leaving'): string {
  if (news === undefined) return ''
  const { median, longest, without, pods } = news[kind]
  const never = kind === 'arrived' && without > 0 ? `${without} of ${pods} never` : ''
  return [median === null ? '' : `${median} (${longest})`, never].filter((text) => text !== '').join(', ')
}

function lossLines({ name, clients, differences }: SceneFigures): readonly string[] {
  const losses = Object.entries(clients).flatMap(([client, figures]) =>
    Object.entries(figures.losses).map(([reason, count]) => `  ${client.padEnd(11)} ${whole(count)} ${reason}`),
  )
  const lines = [...losses, ...differences.map((difference) => `  ${difference}`)]
  return lines.length === 0 ? [] : [`${name}:`, ...lines, '']
}

function whole(value: number): string {
  return value.toLocaleString('en')
}

function row(scene: string, client: string, figures: readonly string[], times: readonly string[]): string {
  return [
    scene.padEnd(-widths.scene),
    client.padEnd(-widths.client),
    ...figures.map((cell) => cell.padStart(widths.figure)),
    ...times.map((cell) => cell.padStart(widths.times)),
  ]
    .join(' ')
    .trimEnd()
}
