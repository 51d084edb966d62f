/** `trial-table [SCENE …]`: our client and plain undici under load, scene by scene, from `results/trial.json`; all scenes where none is named. */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

type Client = 'ours' | 'plain'

interface Span {
  readonly median: number | null
  readonly longest: number | null
}

/** What the trial tells of one scene, as far as it is shown. */
interface Scene {
  readonly name: string
  readonly clients: Readonly<
    Record<
      Client,
      {
        readonly requests: number
        readonly lost: { readonly GET: number; readonly POST: number }
        readonly p99: number | null
      }
    >
  >
  readonly news: { readonly arrived: Span; readonly leaving: Span }
}

const heads = [
  'scene',
  'requests',
  'lost by evenkeel',
  'p99 ms',
  'lost through the ClusterIP',
  'p99 ms',
  'new pod after ms',
  'leaving pod until ms',
]

/** A line of circumstances, and the table. Throws for a scene that was not played. */
export const generate: Generate = ({ root, parameters }) => {
  const { command, environment, figures } = readResult(root, 'trial')
  const { seed, rollouts, outageSeconds, requestsPerSecond, scenes } = figures as unknown as {
    readonly seed: number
    readonly rollouts: number
    readonly outageSeconds: number
    readonly requestsPerSecond: number
    readonly scenes: readonly Scene[]
  }
  const { cores, cpu, node } = environment
  return [
    `One run of \`${command}\` (seed ${seed}, ${rollouts} rollouts, ${outageSeconds} s without API server, ${requestsPerSecond} requests/s to each client, ` +
      `${cores} cores, ${cpu}, Node ${node.slice(1)}).`,
    '',
    table(heads, chosen(scenes, parameters).map(cells)),
  ].join('\n')
}

function chosen(scenes: readonly Scene[], names: readonly string[]): readonly Scene[] {
  if (names.length === 0) return scenes
  return names.map((name) => {
    const scene = scenes.find((one) => one.name === name)
    if (scene === undefined) throw new Error(`${name}: not in results/trial.json (${scenes.map((one) => one.name)})`)
    return scene
  })
}

function cells({ name, clients: { ours, plain }, news: { arrived, leaving } }: Scene): readonly string[] {
  const lost = ({ lost: { GET, POST } }: { readonly lost: Readonly<Record<'GET' | 'POST', number>> }): string =>
    GET + POST === 0 ? '0' : [whole(GET, 'GET'), whole(POST, 'POST')].filter((text) => text !== '').join(', ')
  return [
    `\`${name}\``,
    ours.requests.toLocaleString('en-US'),
    lost(ours),
    milliseconds(ours.p99),
    lost(plain),
    milliseconds(plain.p99),
    arrived.median === null ? '' : `${milliseconds(arrived.median)} (${milliseconds(arrived.longest)})`,
    leaving.longest === null ? '' : milliseconds(leaving.longest),
  ]
}

function whole(count: number, method: string): string {
  return count === 0 ? '' : `${count.toLocaleString('en-US')} ${method}`
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : Math.round(value).toLocaleString('en-US')
}
