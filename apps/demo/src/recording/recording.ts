/**
 * What one client did, and questions about stretches of it.
 */
import type { UpstreamInspection } from '@evenkeel/core'
import { percentile } from '@evenkeel/tooling/percentile'
import type { AttemptRecord, ClientNews, EndingRecord, RequestRecord } from '../messages.ts'

/** A stretch of time in milliseconds of the wall clock. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Figures of one client over one stretch. A request belongs to the stretch in which it was due. */
export interface Figures {
  readonly requests: number
  readonly lost: number
  readonly lostByMethod: { readonly GET: number; readonly POST: number }
  /** Lost requests by what their callers saw: `POST EVENKEEL_CONNECTION_LOST maybe-processed`. */
  readonly losses: Readonly<Record<string, number>>
  /** Attempts beyond the first of their request. */
  readonly repeated: number
  /** Milliseconds of the requests that were not lost, from when they were due; null without one. */
  readonly p50: number | null
  readonly p99: number | null
  readonly longest: number | null
}

/** All that one client reported. */
export class Recording {
  readonly requests: RequestRecord[] = []
  readonly attempts: AttemptRecord[] = []
  readonly endings: EndingRecord[] = []
  readonly #repeated: { readonly at: number; readonly count: number }[] = []
  inspection: UpstreamInspection | undefined
  underWay = 0
  /** Lost requests so far. */
  lost = 0
  /** Failed attempts so far, by port. */
  readonly failed: Map<number, number> = new Map()

  add(news: ClientNews, now: number): void {
    this.requests.push(...news.requests)
    this.attempts.push(...news.attempts)
    this.endings.push(...news.endings)
    this.#repeated.push({ at: now, count: news.repeated })
    this.lost += news.requests.filter(({ lost }) => lost).length
    for (const { port, failed } of news.endings) if (failed) this.failed.set(port, (this.failed.get(port) ?? 0) + 1)
    this.underWay = news.underWay
    this.inspection = news.inspection
  }

  /** Attempts beyond the first of their request, so far. */
  get repeated(): number {
    return this.#repeated.at(-1)?.count ?? 0
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
    const lostGet = lost.filter(({ method }) => method === 'GET').length
    return {
      requests: requests.length,
      lost: lost.length,
      lostByMethod: { GET: lostGet, POST: lost.length - lostGet },
      losses,
      repeated: this.#repeatedAt(stretch.to) - this.#repeatedAt(stretch.from),
      p50: milliseconds(percentile(times, 0.5)),
      p99: milliseconds(percentile(times, 0.99)),
      longest: milliseconds(percentile(times, 1)),
    }
  }

  /** Requests of a stretch that were lost. */
  lostIn(stretch: Stretch): readonly RequestRecord[] {
    return this.requests.filter((record) => record.lost && within(record.at, stretch))
  }

  /** Share of the attempts of a stretch that went to the port; NaN without any. */
  share(port: number, stretch: Stretch): number {
    const attempts = this.attempts.filter(({ at }) => within(at, stretch))
    return attempts.filter((attempt) => attempt.port === port).length / attempts.length
  }

  #repeatedAt(at: number): number {
    return this.#repeated.findLast((entry) => entry.at <= at)?.count ?? 0
  }
}

function within(at: number, { from, to }: Stretch): boolean {
  return at >= from && at < to
}

/** Microseconds are noise here, and JSON knows no NaN. */
function milliseconds(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : null
}
