/**
 * What was seen of requests. Times are milliseconds of `performance.now()`, which requests, attempts and slices have in common.
 */
import { percentile, rounded } from '@evenkeel/tooling/percentile'

/** Ours balances by itself; plain is undici through the ClusterIP. */
export type ClientName = 'ours' | 'plain'

/** Both. */
export const clientNames: readonly ClientName[] = ['ours', 'plain']

/** One request as the caller saw it. */
export interface RequestRecord {
  readonly client: ClientName
  readonly method: 'GET' | 'POST'
  /** When it was due. */
  readonly at: number
  /** From then to the end of its answer, so that a late start counts. */
  readonly ms: number
  /** That answered; undefined if none did. */
  readonly pod: string | undefined
  /** Code of the error, or a status from 500 on; undefined for an answer. */
  readonly lost: string | undefined
  /** What the error says of the request. */
  readonly fate: string | undefined
}

/** One request of ours as it went onto a connection. */
export interface AttemptRecord {
  readonly at: number
  /** Of the pod. */
  readonly address: string
}

/** From `from` until before `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A client in a stretch. A request belongs to the stretch in which it was due. */
export interface Figures {
  readonly requests: number
  readonly lost: { readonly GET: number; readonly POST: number }
  /** Lost ones by method, code and fate. */
  readonly losses: Readonly<Record<string, number>>
  /** Milliseconds of the answers; null without one. */
  readonly p50: number | null
  readonly p99: number | null
}

/** Whether something happened in a stretch. */
export function isIn({ at }: { readonly at: number }, { from, to }: Stretch): boolean {
  return at >= from && at < to
}

/** Figures of one client in a stretch. */
export function figuresOf(all: readonly RequestRecord[], client: ClientName, stretch: Stretch): Figures {
  const requests = all.filter((one) => one.client === client && isIn(one, stretch))
  const lost = { GET: 0, POST: 0 }
  const losses: Record<string, number> = {}
  for (const { method, lost: code, fate } of requests) {
    if (code === undefined) continue
    lost[method]++
    const reason = [method, code, fate].filter((part) => part !== undefined).join(' ')
    losses[reason] = (losses[reason] ?? 0) + 1
  }
  const times = requests.filter((one) => one.lost === undefined).map(({ ms }) => ms)
  return { requests: requests.length, lost, losses, p50: ratioOf(times, 0.5), p99: ratioOf(times, 0.99) }
}

/** The smallest value that `ratio` of the values do not exceed, in tenths; null for none. */
export function ratioOf(values: readonly number[], ratio: number): number | null {
  return rounded(percentile(values, ratio))
}
