/**
 * Waiting that ends when the run does.
 */

/** What waits. */
export interface Stoppable {
  /** Resolves after so many seconds. Rejects with the signal's reason. */
  pass(seconds: number): Promise<void>
  /** What `work` resolves to. Rejects with the signal's reason at once, and leaves the work behind. */
  unlessStopped<T>(work: Promise<T>): Promise<T>
}

/** Waiting that ends with the signal. */
export function stoppable(signal: AbortSignal): Stoppable {
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // Between two waits nobody listens.
  stopped.catch(() => {})
  const unlessStopped = async <T>(work: Promise<T>): Promise<T> => {
    // Work that is left behind may fail for lack of what it works on.
    work.catch(() => {})
    return Promise.race([stopped, work])
  }
  const pass = async (seconds: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    try {
      await unlessStopped(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, seconds * 1_000)
        }),
      )
    } finally {
      clearTimeout(timer)
    }
  }
  return { pass, unlessStopped }
}
