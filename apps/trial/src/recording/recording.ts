/**
 * What was seen of requests. Times are milliseconds of `performance.now()`, which requests, attempts and slices have in common.
 */
import { percentile, rounded } from '@evenkeel/tooling/percentile'

/** How requests are called, by what is promised of them. */
export interface Methods {
  /** May be sent again, so that none is ever lost. */
  readonly repeatable: string
  /** May be processed once at the most. */
  readonly other: string
  /** That last for seconds, if there are any. */
  readonly stream?: string | undefined
}

/** One request as the caller saw it. */
export interface RequestRecord {
  /** Name of the client. */
  readonly client: string
  readonly method: string
  /** When it was due; of a stream, which may have begun scenes before, when it ended. */
  readonly at: number
  /** From when it was due to the end of its answer, so that a late start counts; of a stream from its beginning. */
  readonly ms: number
  /** That answered; undefined if none did. */
  readonly pod: string | undefined
  /** Code of the error, or a status from 500 on; undefined for an answer. */
  readonly lost: string | undefined
  /** What the error says of the request. */
  readonly fate: string | undefined
}

/** One request as it went onto a connection, or as it came to a pod. */
export interface AttemptRecord {
  /** Name of the client. */
  readonly client: string
  readonly at: number
  /** When its call began, where `at` is a time of the pod, which may be late to see it. @defaultValue `at` */
  readonly beganAt?: number | undefined
  /** Of the pod. */
  readonly address: string
  /** Which call it is of; undefined where pods do not tell, or where a call may be processed twice. */
  readonly call: string | undefined
}

/** From `from` until before `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A client in a stretch. A request belongs to the stretch in which it was due, a stream to the one in which it ended. */
export interface Figures {
  /** Streams not counted. */
  readonly requests: number
  readonly streams: number
  /** By method. */
  readonly lost: Readonly<Record<string, number>>
  /** Lost ones by method, code and fate. */
  readonly losses: Readonly<Record<string, number>>
  /** Milliseconds of the answers, without streams; null without one. */
  readonly p50: number | null
  readonly p99: number | null
}

/** Whether something happened in a stretch. */
export function isIn({ at }: { readonly at: number }, { from, to }: Stretch): boolean {
  return at >= from && at < to
}

/** Figures of one client in a stretch. */
export function figuresOf(all: readonly RequestRecord[], client: string, methods: Methods, stretch: Stretch): Figures {
  const seen = all.filter((one) => one.client === client && isIn(one, stretch))
  const requests = seen.filter(({ method }) => method !== methods.stream)
  const lost = Object.fromEntries(methodNames(methods).map((method) => [method, 0]))
  const losses: Record<string, number> = {}
  for (const { method, lost: code, fate } of seen) {
    if (code === undefined) continue
    lost[method] = (lost[method] ?? 0) + 1
    const reason = [method, code, fate].filter((part) => part !== undefined).join(' ')
    losses[reason] = (losses[reason] ?? 0) + 1
  }
  const times = requests.filter((one) => one.lost === undefined).map(({ ms }) => ms)
  const streams = seen.length - requests.length
  return { requests: requests.length, streams, lost, losses, p50: ratioOf(times, 0.5), p99: ratioOf(times, 0.99) }
}

/** All that there are. */
export function methodNames({ repeatable, other, stream }: Methods): readonly string[] {
  return stream === undefined ? [repeatable, other] : [repeatable, other, stream]
}

/** How many calls were processed more than once, of those that tell which they are. A call belongs to the stretch in which it was processed last. */
export function processedTwice(attempts: readonly AttemptRecord[], client: string, { from, to }: Stretch): number {
  const times = new Map<string, number>()
  let twice = 0
  for (const { client: whose, at, call } of attempts) {
    if (whose !== client || call === undefined || at >= to) continue
    const seen = (times.get(call) ?? 0) + 1
    times.set(call, seen)
    // Attempts are in order.
    if (seen === 2 && at >= from) twice++
  }
  return twice
}

/** The smallest value that `ratio` of the values do not exceed, in tenths; null for none. */
export function ratioOf(values: readonly number[], ratio: number): number | null {
  return rounded(percentile(values, ratio))
}
