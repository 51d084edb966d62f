/**
 * What the end of an attempt says: gRPC status codes and RST_STREAM codes in the vocabulary of core.
 */
import {
  answeredBad,
  answeredGood,
  answeredOverloaded,
  callerUnprocessed,
  failedUnprocessed,
  lostMaybeProcessed,
  type Outcome,
  type Verdict,
} from '@evenkeel/core'
import { status } from '@grpc/grpc-js'

// RFC 9113 §7: the stream was refused before anything of it was processed. nghttp2 also gives it to streams beyond the last id of a GOAWAY.
const refusedStream = 7

// The endpoint refused the stream: proof that nothing was done.
const refused: Outcome = Object.freeze({ ...failedUnprocessed, fault: 'endpoint' })

/**
 * What a status that the server sent says of it. Codes that speak of the request (not found, not permitted, aborted, …) come from a server that is well.
 *
 * - UNAVAILABLE: it says so itself.
 * - INTERNAL, UNKNOWN, DATA_LOSS: what a handler that throws becomes; as a 500.
 * - DEADLINE_EXCEEDED: it, or something behind it, ran out of time; as a 504.
 * - RESOURCE_EXHAUSTED: it has too much to do, or the caller too much; as a 429.
 */
export function verdictOf(code: number): Verdict {
  switch (code) {
    case status.UNAVAILABLE:
    case status.INTERNAL:
    case status.UNKNOWN:
    case status.DATA_LOSS:
    case status.DEADLINE_EXCEEDED:
      return 'bad'
    case status.RESOURCE_EXHAUSTED:
      return 'overloaded'
    default:
      return 'good'
  }
}

/** How an attempt ended that was not ended by its caller. `rstCode`: of the RST_STREAM, if one ended it; `pushbackMs`: of the trailers. */
export function outcomeOf(
  code: number,
  rstCode: number | undefined,
  heard: 'nothing' | 'head',
  pushbackMs: number | undefined,
): Outcome {
  if (rstCode === refusedStream) return refused
  // No status of the server's: the connection or the stream was cut. grpc-js makes up a code.
  if (rstCode !== undefined) return heard === 'head' ? answeredBad : lostMaybeProcessed
  const verdict = verdictOf(code)
  if (verdict === 'good') return answeredGood
  const outcome = verdict === 'overloaded' ? answeredOverloaded : answeredBad
  return pushbackMs === undefined || pushbackMs < 0 ? outcome : { ...outcome, retryAfterMs: pushbackMs }
}

/** Whether an outcome of these codes may be asked again elsewhere, by itself. As HTTP: a cut connection, 503 and its like, and 429 that says when. */
export function isRepeatable(code: number, outcome: Outcome): boolean {
  if (outcome.fate !== 'answered') return true
  return code === status.UNAVAILABLE || code === status.RESOURCE_EXHAUSTED
}

/** What an attempt is called in the list of attempts: our code if no status came from the server, else the status. */
export function nameOf(code: number, { fate, fault }: Outcome, cutDelayMs: number | undefined): string {
  if (cutDelayMs !== undefined) return 'EVENKEEL_HEAD_TIMEOUT'
  if (fate === 'maybe-processed' && fault === 'endpoint') return 'EVENKEEL_CONNECTION_LOST'
  if (fate === 'unprocessed' && fault === 'endpoint') return 'EVENKEEL_REQUEST_REFUSED'
  return status[code] ?? String(code)
}

// This process has no descriptor, no port or no memory: nothing is known about the endpoint.
const exhausted = /\b(?:EMFILE|ENFILE|EADDRNOTAVAIL|ENOBUFS|ENOMEM)\b/

/** What a connection that did not come about says. */
export function connectOutcome(message: string): Outcome {
  return exhausted.test(message) ? callerUnprocessed : failedUnprocessed
}
