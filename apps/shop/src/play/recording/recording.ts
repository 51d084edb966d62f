/**
 * What customers saw and what pods said of themselves, and questions about stretches of it.
 */
import { percentile, rounded } from '@evenkeel/tooling/percentile'

/** A stretch of time in milliseconds of the wall clock. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** One request as the customer saw it. */
export interface RequestRecord {
  /** When it was due. */
  readonly at: number
  readonly method: 'GET' | 'POST'
  /** From then to the end of its answer, so that a late start counts. */
  readonly ms: number
  /** Why it is lost: an error, or a status and what the storefront says of it. Undefined if it got its page or order. */
  readonly lost: string | undefined
  /** Pods that had a part in the answer. */
  readonly pods: readonly string[]
}

/** What a pod said of itself. */
export interface PodSample {
  readonly at: number
  readonly app: string
  readonly pod: string
  /** Open connections of clients. */
  readonly connections: number
}

/** Figures of a stretch. A request belongs to the stretch in which it was due. */
export interface Figures {
  readonly requests: number
  readonly lost: { readonly GET: number; readonly POST: number }
  /** Lost ones by method and reason. */
  readonly losses: Readonly<Record<string, number>>
  /** Milliseconds of the requests that were not lost; null without one. */
  readonly p50: number | null
  readonly p99: number | null
  readonly longest: number | null
}

/** A pod's part in a stretch. */
export interface PodFigures {
  readonly pod: string
  /** Answers that it had a part in. */
  readonly requests: number
  /** Of the answers of its Deployment; NaN without any. */
  readonly share: number
  /** At the end of the stretch; null if it had gone by then. */
  readonly connections: number | null
}

// Samples come every second, unless a pod is slow to answer.
const freshMs = 2_500

/** All that was seen. */
export class Recording {
  readonly requests: RequestRecord[] = []
  readonly samples: PodSample[] = []

  /** What customers saw in a stretch. */
  figures(stretch: Stretch): Figures {
    const requests = within(this.requests, stretch)
    const losses: Record<string, number> = {}
    const lost = { GET: 0, POST: 0 }
    for (const { method, lost: reason } of requests) {
      if (reason === undefined) continue
      lost[method]++
      losses[`${method} ${reason}`] = (losses[`${method} ${reason}`] ?? 0) + 1
    }
    const times = requests.filter((one) => one.lost === undefined).map(({ ms }) => ms)
    const [p50 = null, p99 = null, longest = null] = [0.5, 0.99, 1].map((ratio) => rounded(percentile(times, ratio)))
    return { requests: requests.length, lost, losses, p50, p99, longest }
  }

  /** How a stretch was spread over the pods of a Deployment: those that are there at its end, and those that had a part in it. */
  pods(app: string, stretch: Stretch): readonly PodFigures[] {
    const answers = new Map<string, number>()
    for (const { pods } of within(this.requests, stretch))
      for (const pod of pods) answers.set(pod, (answers.get(pod) ?? 0) + 1)
    const samples = this.samples.filter((sample) => sample.app === app && sample.at < stretch.to)
    const fresh = new Map(
      samples.filter(({ at }) => at >= stretch.to - freshMs).map(({ pod, connections }) => [pod, connections]),
    )
    const known = new Set(samples.map(({ pod }) => pod))
    const names = [...known].filter((pod) => fresh.has(pod) || answers.has(pod)).sort()
    const all = names.reduce((sum, pod) => sum + (answers.get(pod) ?? 0), 0)
    return names.map((pod) => {
      const requests = answers.get(pod) ?? 0
      return { pod, requests, share: requests / all, connections: fresh.get(pod) ?? null }
    })
  }
}

/** From the end: a live table asks for two seconds of a hundred. A request that took its time comes late, but not later than customers wait. */
function within<T extends { readonly at: number }>(entries: readonly T[], { from, to }: Stretch): readonly T[] {
  const before = entries.findLastIndex(({ at }) => at < from - 10_000)
  return entries.slice(before + 1).filter(({ at }) => at >= from && at < to)
}
