/**
 * What one client did, and questions about stretches of it.
 */
import type { UpstreamInspection } from '@evenkeel/core'
import type { AttemptRecord, ClientNews, Method, RequestRecord } from './messages.ts'
import { percentile } from './percentile.ts'

/** A stretch of time in milliseconds of the wall clock. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Figures of one client over one stretch. */
export interface Figures {
  readonly requests: number
  readonly lost: number
  readonly lostGet: number
  readonly lostPost: number
  readonly repeated: number
  readonly p50: number
  readonly p99: number
  /** Lost requests by what their callers saw: `POST EVENKEEL_CONNECTION_LOST maybe-processed`. */
  readonly losses: Readonly<Record<string, number>>
}

/** All that one client reported. */
export class Recording {
  readonly requests: RequestRecord[] = []
  readonly attempts: AttemptRecord[] = []
  readonly #repeated: { readonly at: number; readonly count: number }[] = []
  inspection: UpstreamInspection | undefined

  add(news: ClientNews, now: number): void {
    this.requests.push(...news.requests)
    this.attempts.push(...news.attempts)
    this.#repeated.push({ at: now, count: news.repeated })
    this.inspection = news.inspection
  }

  figures(stretch: Stretch): Figures {
    const requests = this.requests.filter(({ at }) => within(at, stretch))
    const lost = requests.filter((record) => record.lost)
    const times = requests.filter((record) => !record.lost).map(({ ms }) => ms)
    const losses: Record<string, number> = {}
    for (const { method, result, fate } of lost) {
      const key = [method, result, fate].filter((part) => part !== undefined).join(' ')
      losses[key] = (losses[key] ?? 0) + 1
    }
    return {
      requests: requests.length,
      lost: lost.length,
      lostGet: count(lost, 'GET'),
      lostPost: count(lost, 'POST'),
      repeated: this.#repeatedAt(stretch.to) - this.#repeatedAt(stretch.from),
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      losses,
    }
  }

  /** Lost requests of a stretch. */
  lost(stretch: Stretch): readonly RequestRecord[] {
    return this.requests.filter((record) => record.lost && within(record.at, stretch))
  }

  /** Share of the attempts of a stretch that went to the port; NaN without any. */
  share(port: number, stretch: Stretch): number {
    let all = 0
    let there = 0
    for (const attempt of this.attempts) {
      if (!within(attempt.at, stretch)) continue
      all++
      if (attempt.port === port) there++
    }
    return there / all
  }

  /** Attempts in the second before, by port. */
  attemptsByPort(stretch: Stretch): ReadonlyMap<number, number> {
    const ports = new Map<number, number>()
    // From the end: a live table asks for the last second of many.
    for (let index = this.attempts.length - 1; index >= 0; index--) {
      const { at, port } = this.attempts[index] as AttemptRecord
      if (at < stretch.from) break
      if (at < stretch.to) ports.set(port, (ports.get(port) ?? 0) + 1)
    }
    return ports
  }

  #repeatedAt(at: number): number {
    let count = 0
    for (const entry of this.#repeated) if (entry.at <= at) count = entry.count
    return count
  }
}

function within(at: number, { from, to }: Stretch): boolean {
  return at >= from && at < to
}

function count(records: readonly RequestRecord[], method: Method): number {
  return records.filter((record) => record.method === method).length
}
