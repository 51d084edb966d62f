/**
 * How the calls to one backend went.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** The counts so far; times in milliseconds of calls that succeeded. */
export interface CallFigures {
  readonly requests: number
  /** Failed ones by code. */
  readonly failures: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

/** Counts calls. */
export class CallCounts {
  #requests = 0
  readonly #failures = new Map<string, number>()
  readonly #micros: RecordableHistogram = createHistogram()

  /** A call begins. @returns when, for `succeeded` */
  began(): number {
    this.#requests++
    return performance.now()
  }

  /** A call got its answer. */
  succeeded(began: number): void {
    // A histogram holds whole numbers from 1 on.
    this.#micros.record(Math.max(1, Math.round((performance.now() - began) * 1_000)))
  }

  /** A call failed. */
  failed(code: string): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1)
  }

  /** What was counted; times are 0 while nothing succeeded. */
  figures(): CallFigures {
    const empty = this.#micros.count === 0
    const ms = (micros: number): number => (empty ? 0 : Math.round(micros / 100) / 10)
    return {
      requests: this.#requests,
      failures: Object.fromEntries(this.#failures),
      p50: ms(this.#micros.percentile(50)),
      p99: ms(this.#micros.percentile(99)),
      longest: ms(this.#micros.max),
    }
  }
}
