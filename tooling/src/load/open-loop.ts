/**
 * Open-loop load: requests start at Poisson times, however slow the answers are, as those of many independent callers do.
 */

/** What is started, and how often. */
export interface OpenLoopOptions<Result> {
  /** On average. */
  readonly requestsPerSecond: number
  /** Numbers in [0, 1). The same ones give the same times. */
  readonly random: { next(): number }
  /** Sends one request that was due at `dueAt`, in milliseconds of `performance.now()`; resolves when it has ended, and does not reject. */
  send(dueAt: number): Promise<Result>
  /** Hears of every request when it has ended, and is not under way any more. */
  record(result: Result): void
}

/** A running load. */
export interface OpenLoop {
  /** Requests that have neither an answer nor an error yet. */
  readonly underWay: number
  /** No new requests; resolves when the last one has ended. */
  stop(): Promise<void>
}

/** Starts requests until stopped. */
export function startOpenLoop<Result>(options: OpenLoopOptions<Result>): OpenLoop {
  const { requestsPerSecond, random, send, record } = options
  const underWay = new Set<Promise<void>>()
  let dueAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const step = (): void => {
    // Timers are coarse; all that is due by now starts now.
    while (dueAt <= performance.now()) {
      const ended = send(dueAt).then((result) => {
        underWay.delete(ended)
        record(result)
      })
      underWay.add(ended)
      dueAt += (-Math.log(1 - random.next()) * 1_000) / requestsPerSecond
    }
    timer = setTimeout(step, Math.max(1, dueAt - performance.now()))
  }
  step()
  return {
    get underWay(): number {
      return underWay.size
    },
    stop: async () => {
      clearTimeout(timer)
      await Promise.all(underWay)
    },
  }
}
