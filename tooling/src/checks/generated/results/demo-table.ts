/** `demo-table`: both clients of the demo beside each other, scene by scene, from `results/demo.json`. */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

/** What the demo tells of one client in one scene, as far as it is shown. */
interface Figures {
  readonly requests: number
  readonly lost: number
  readonly losses: Readonly<Record<string, number>>
  readonly p99: number
}

type PerClient = Readonly<Record<'evenkeel' | 'BalancedPool', Figures>>

/** `figures` of the demo's document, as far as it is shown. */
interface DemoFigures {
  readonly seconds: number
  readonly seed: number
  readonly requestsPerSecond: number
  readonly newsMs: number
  readonly scenes: readonly { readonly name: string; readonly figures: PerClient }[]
  readonly total: PerClient
}

/** For readers who do not know the demo's names. */
const titles: Readonly<Record<string, string>> = {
  'rolling-restart': 'rolling restart, with drain',
  'slow-pod': 'one pod ten times slower',
  'killed-pod': 'one pod killed',
  'frozen-pod': 'one pod frozen',
  'failing-pod': 'one pod answering 503',
  'scale-up': 'scale-up',
  'scale-down': 'scale-down',
}

/** A line of circumstances, the table, and what was lost. */
export const generate: Generate = ({ root }) => {
  const { environment, figures } = readResult(root, 'demo')
  const { seconds, seed, requestsPerSecond, newsMs, scenes, total } = figures as unknown as DemoFigures
  const { cores, cpu, node } = environment
  return [
    `One run of \`npm run demo\` (${seconds} s, seed ${seed}, ${cores} cores, ${cpu}, Node ${node.slice(1)}): ` +
      `${requestsPerSecond} requests/s to each client, discovery ${newsMs / 1000} s late.`,
    '',
    table(
      ['scene', 'evenkeel: requests', 'lost', 'p99 ms', 'BalancedPool: requests', 'lost', 'p99 ms'],
      [
        ...scenes.map(({ name, figures: own }) => [titles[name] ?? name, ...cells(own)]),
        ['whole run', ...cells(total)],
      ],
    ),
    '',
    `Lost by evenkeel: ${losses(total.evenkeel)}.`,
  ].join('\n')
}

function cells({ evenkeel, BalancedPool }: PerClient): readonly string[] {
  return [evenkeel, BalancedPool].flatMap(({ requests, lost, p99 }) => [
    requests.toLocaleString('en-US'),
    lost.toLocaleString('en-US'),
    Math.round(p99).toLocaleString('en-US'),
  ])
}

function losses({ losses: kinds }: Figures): string {
  const sorted = Object.entries(kinds).sort(([, one], [, other]) => other - one)
  return sorted.length === 0 ? 'nothing' : sorted.map(([kind, times]) => `${times} × ${kind}`).join(', ')
}
