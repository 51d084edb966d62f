/** `shop-table`: the shop under plain clients, scene by scene, from `results/shop-baseline.json`. */

import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

/** What the shop tells of one scene, as far as it is shown. */
interface Scene {
  readonly name: string
  readonly took: { readonly rolledOut: number; readonly gone: number } | null
  readonly figures: {
    readonly requests: number
    readonly lost: { readonly GET: number; readonly POST: number }
    readonly p50: number
    readonly p99: number
  }
  readonly after: {
    readonly pods: { readonly users: readonly { readonly share: number; readonly connections: number | null }[] }
  }
}

/** A line of circumstances, and the table. */
export const generate: Generate = ({ root }) => {
  const { command, environment, figures } = readResult(root, 'shop-baseline')
  const { seed, requestsPerSecond, versions, scenes } = figures as unknown as {
    readonly seed: number
    readonly requestsPerSecond: number
    readonly versions: { readonly kubernetes: string; readonly undici: string }
    readonly scenes: readonly Scene[]
  }
  const { cores, cpu, node } = environment
  const heads = [
    'scene',
    'requests',
    'lost GET',
    'lost POST',
    'p50 ms',
    'p99 ms',
    'rolled out s',
    'users pods after it: share (connections)',
  ]
  return [
    `One run of \`${command}\` (seed ${seed}, ${requestsPerSecond} requests/s, Kubernetes ${versions.kubernetes.slice(1)}, undici ${versions.undici}, ` +
      `${cores} cores, ${cpu}, Node ${node.slice(1)}).`,
    '',
    table(heads, scenes.map(cells)),
  ].join('\n')
}

function cells({ name, took, figures: { requests, lost, p50, p99 }, after }: Scene): readonly string[] {
  const pods = after.pods.users.map(
    ({ share, connections }) => `${Math.round(share * 100)} % (${connections ?? 'gone'})`,
  )
  const counts = [requests, lost.GET, lost.POST, Math.round(p50), Math.round(p99)].map((one) =>
    one.toLocaleString('en-US'),
  )
  return [`\`${name}\``, ...counts, took === null ? '' : String(took.rolledOut), pods.join(', ')]
}
