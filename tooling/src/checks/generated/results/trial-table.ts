/**
 * `trial-table trial|trial-grpc [SCENE …]`: our client and others under load, scene by scene, from the result of that name; all scenes where none is named.
 */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

interface Span {
  readonly median: number | null
  readonly longest: number | null
}

/** What the trial tells of one client in one scene, as far as it is shown. */
interface Client {
  readonly requests: number
  readonly lost: Readonly<Record<string, number>>
  readonly p99: number | null
}

interface Scene {
  readonly name: string
  /** By name, ours first. */
  readonly clients: Readonly<Record<string, Client>>
  readonly news: { readonly arrived: Span; readonly leaving: Span }
}

/** For readers who do not know the trial's names. */
const titles: Readonly<Record<string, string>> = {
  ours: 'evenkeel',
  plain: 'undici through the ClusterIP',
  'round-robin': 'grpc-js round_robin over DNS',
  'cluster-ip': 'grpc-js through the ClusterIP',
}

/** A line of circumstances, and the table. Throws for a scene that was not played. */
export const generate: Generate = ({ root, parameters: [name = 'trial', ...names] }) => {
  const { command, environment, figures } = readResult(root, name)
  const { seed, rollouts, scenes } = figures as unknown as {
    readonly seed: number
    readonly rollouts: number
    readonly scenes: readonly Scene[]
  }
  const { cores, cpu, node } = environment
  const shown = chosen(scenes, names, name)
  const clients = Object.keys(shown[0]?.clients ?? {})
  const heads = clients.flatMap((client) => [`${titles[client] ?? client}: lost`, 'p99 ms'])
  return [
    `One run of \`${command}\` (seed ${seed}, ${rollouts} rollouts, ${cores} cores, ${cpu}, Node ${node.slice(1)}).`,
    '',
    table(
      ['scene', ...heads, 'new pod after ms', 'leaving pod until ms'],
      shown.map((scene) => cells(scene, clients)),
    ),
  ].join('\n')
}

function chosen(scenes: readonly Scene[], names: readonly string[], result: string): readonly Scene[] {
  if (names.length === 0) return scenes
  return names.map((name) => {
    const scene = scenes.find((one) => one.name === name)
    if (scene === undefined)
      throw new Error(`${name}: not in results/${result}.json (${scenes.map((one) => one.name)})`)
    return scene
  })
}

function cells({ name, clients, news: { arrived, leaving } }: Scene, names: readonly string[]): readonly string[] {
  return [
    `\`${name}\``,
    ...names.flatMap((client) => clientCells(clients[client] as Client)),
    arrived.median === null ? '' : `${milliseconds(arrived.median)} (${milliseconds(arrived.longest)})`,
    leaving.longest === null ? '' : milliseconds(leaving.longest),
  ]
}

function clientCells({ requests, lost, p99 }: Client): readonly string[] {
  const losses = Object.entries(lost).flatMap(([method, count]) => (count === 0 ? [] : [`${whole(count)} ${method}`]))
  return [`${losses.length === 0 ? '0' : losses.join(', ')} of ${whole(requests)}`, milliseconds(p99)]
}

function whole(count: number): string {
  return count.toLocaleString('en-US')
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : whole(Math.round(value))
}
