/**
 * What an error of undici, Node or TLS means: how far the request came, whose fault it is, and our code for it.
 * The set of "never sent" codes is wider than most retry libraries know; the last ones are the caller's own (measured with dropped packets, routes,
 * exhausted ports and descriptors).
 */
import {
  answeredBad,
  answeredCancelled,
  callerMaybeProcessed,
  callerUnprocessed,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
  type ErrorCode,
  failedUnprocessed,
  lostMaybeProcessed,
  type Outcome,
  type Phase,
} from '@evenkeel/core'

/** `code` is undefined for errors that are the caller's own and reach it as they are. */
export interface Failure {
  readonly outcome: Outcome
  readonly code: ErrorCode | undefined
}

// This process has no descriptor, no port or no memory: nothing is known about the endpoint.
const exhausted = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])
const connectTimeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
// The connection ended under the request. ECONNABORTED: the kernel killed the socket.
const lost = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTCONN',
  'ERR_STREAM_PREMATURE_CLOSE',
])
const headTimeouts = new Set(['UND_ERR_HEADERS_TIMEOUT'])
const bodyTimeouts = new Set(['UND_ERR_BODY_TIMEOUT'])
// What came is not an answer. undici's parser leaves its own code (HPE_*) out of its errors, so they are known by name.
const malformed = new Set([
  'HTTPParserError',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
])

/** A failure of what the caller passed in: its body, its handler, or its options. It gets its own error. */
export const ownFailure: Failure = { outcome: callerMaybeProcessed, code: undefined }

/** A call that was ended from this side: it says nothing of the peer but how long it had been silent. */
export function cancelOf(phase: Phase): Outcome {
  if (phase === 'body') return answeredCancelled
  return phase === 'sent' || phase === 'head' ? cancelledMaybeProcessed : cancelledUnprocessed
}

/** An attempt that had its time: what was never sent is not processed, however long it took. */
export function lapseOf(phase: Phase, fault: 'caller' | 'endpoint'): Failure & { readonly code: ErrorCode } {
  const sent = phase !== 'connect'
  if (fault === 'caller')
    return { outcome: sent ? callerMaybeProcessed : callerUnprocessed, code: 'EVENKEEL_CALLER_EXHAUSTED' }
  return { outcome: sent ? lostMaybeProcessed : failedUnprocessed, code: 'EVENKEEL_HEAD_TIMEOUT' }
}

/**
 * `phase` is how far the attempt had come. `stalled`: this process could not look for most of the time that a connection has; a time-out then says nothing of
 * the peer (law 10).
 */
export function failureOf(error: unknown, phase: Phase, stalled: boolean): Failure {
  const code = codeOf(error)
  const sent = phase !== 'connect'
  if (exhausted.has(code))
    return { outcome: sent ? callerMaybeProcessed : callerUnprocessed, code: 'EVENKEEL_CALLER_EXHAUSTED' }
  if (!sent) {
    if (connectTimeouts.has(code) && stalled) return { outcome: callerUnprocessed, code: 'EVENKEEL_CALLER_EXHAUSTED' }
    if (connectTimeouts.has(code)) return { outcome: failedUnprocessed, code: 'EVENKEEL_CONNECT_TIMEOUT' }
    // Before the first byte everything but a refusal by undici's own checks is a failed connection.
    return isCallers(code)
      ? { outcome: callerUnprocessed, code: undefined }
      : { outcome: failedUnprocessed, code: 'EVENKEEL_CONNECT_FAILED' }
  }
  // After the head the request was answered, and what fails is a body: its age is the length of a stream and no latency.
  const outcome = phase === 'body' ? answeredBad : lostMaybeProcessed
  if (lost.has(code)) return { outcome, code: 'EVENKEEL_CONNECTION_LOST' }
  if (headTimeouts.has(code)) return { outcome, code: 'EVENKEEL_HEAD_TIMEOUT' }
  if (bodyTimeouts.has(code)) return { outcome, code: 'EVENKEEL_BODY_TIMEOUT' }
  if (malformed.has(code) || code.startsWith('HPE_')) return { outcome, code: 'EVENKEEL_PROTOCOL' }
  return ownFailure
}

/** The code of an error, or its name. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown'
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : 'unknown'
}

function isCallers(code: string): boolean {
  return (
    code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'
  )
}
