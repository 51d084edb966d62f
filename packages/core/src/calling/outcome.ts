/**
 * The only feedback vocabulary: how a call on an endpoint ended, for HTTP and gRPC alike.
 */
import type { LoadReport } from './load-report.ts'

/**
 * What became of the request.
 * `unprocessed`: never written, or refused with proof (REFUSED_STREAM, above GOAWAY's last id): any method may move to another endpoint.
 * `maybe-processed`: bytes left and no answer came: only what is repeatable may be repeated.
 * `answered`: the final head came. A plain 503 or 429 is an answer, not a proof that nothing was done.
 */
export type Fate = 'unprocessed' | 'maybe-processed' | 'answered'

/** What the answer says about the endpoint. `cancelled`: the caller went away, so it says nothing but its age. */
export type Verdict = 'good' | 'bad' | 'overloaded' | 'cancelled'

/** Whose fault it was. */
export type Fault = 'none' | 'caller' | 'network' | 'endpoint' | 'discovery'

/** Flat, because every transport makes one per attempt; the common ones are shared constants. */
export interface Outcome {
  /** What became of the request. */
  readonly fate: Fate
  /** What it says about the endpoint. */
  readonly verdict: Verdict
  /** Whose fault it was; `none` for a good answer. */
  readonly fault: Fault
  /** The endpoint asked to be left alone for this long. */
  readonly retryAfterMs: number | undefined
  /** The endpoint said that it is going away: the explicit sign, or two connections closed within 1 s. */
  readonly leaving: boolean
  /** What the endpoint said of its own load. */
  readonly report: LoadReport | undefined
}

/** An answer that says the endpoint is well. */
export const answeredGood: Outcome = outcome('answered', 'good', 'none')
/** An answer that says the endpoint is well and going away. */
export const answeredLeaving: Outcome = Object.freeze({ ...answeredGood, leaving: true })
/** An answer that says the endpoint is not well: a 5xx. */
export const answeredBad: Outcome = outcome('answered', 'bad', 'endpoint')
/** An answer that says the endpoint has too much to do: a 429. */
export const answeredOverloaded: Outcome = outcome('answered', 'overloaded', 'endpoint')
/** The caller went away after the answer had begun. */
export const answeredCancelled: Outcome = outcome('answered', 'cancelled', 'none')
/** The connection was lost, or no answer came in time, after bytes had left. */
export const lostMaybeProcessed: Outcome = outcome('maybe-processed', 'bad', 'endpoint')
/** The caller went away while it waited for an answer. */
export const cancelledMaybeProcessed: Outcome = outcome('maybe-processed', 'cancelled', 'none')
/** No connection came about: refused, unreachable or in vain. */
export const failedUnprocessed: Outcome = outcome('unprocessed', 'bad', 'network')
/** Nobody's doing: a reservation that was never started. */
export const cancelledUnprocessed: Outcome = outcome('unprocessed', 'cancelled', 'none')
/** This process could not: no descriptor, no port, or no time to look. Never blamed on the endpoint (law 10). */
export const callerUnprocessed: Outcome = outcome('unprocessed', 'cancelled', 'caller')
/** As above, after bytes had left. */
export const callerMaybeProcessed: Outcome = outcome('maybe-processed', 'cancelled', 'caller')

function outcome(fate: Fate, verdict: Verdict, fault: Fault): Outcome {
  return Object.freeze({ fate, verdict, fault, retryAfterMs: undefined, leaving: false, report: undefined })
}
