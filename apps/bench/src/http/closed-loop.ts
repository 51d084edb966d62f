/**
 * A closed loop: so many requests in flight, each answer followed by the next request.
 */
import type { Dispatcher } from 'undici'
import type { Variant } from './variants.ts'

/** What happened since the loop began. */
export interface Counts {
  /** Requests that were answered, by whatever status. */
  readonly done: number
  /** Requests that failed, and answers other than 200. */
  readonly failed: number
}

/** Runs until the process ends. The counts are live. */
export function startLoop(variant: Variant, inFlight: number): Counts {
  const counts = { done: 0, failed: 0 }
  const options: Dispatcher.DispatchOptions = { path: '/', method: 'GET' }
  const next = (): void => {
    variant.dispatch(options, handler)
  }
  const failedOne = (): void => {
    counts.failed++
    // Not at once: a dispatcher that refuses synchronously would call itself for ever.
    setImmediate(next)
  }
  // Minimal, and one for all requests: what is measured is the dispatcher.
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, status) {
      if (status !== 200) counts.failed++
    },
    onResponseData() {},
    onResponseEnd() {
      counts.done++
      next()
    },
    onResponseError: failedOne,
  }
  for (let started = 0; started < inFlight; started++) next()
  return counts
}
