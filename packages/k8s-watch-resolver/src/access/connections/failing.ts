/**
 * What went wrong on a connection, in the words of `ApiFailure`.
 */
import { ApiFailure } from '../api-server.ts'

// Where there was nobody to talk to, as libuv and the resolver of names call it.
const refusals = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** The failure that an error means; one that is a failure already stays as it is. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  const code = codeOf(error)
  const detail = error instanceof Error && error.message !== '' ? error.message : String(code)
  if (refusals.has(String(code))) return new ApiFailure('refused', `no connection: ${detail}`, error)
  if (code === 'ETIMEDOUT') return new ApiFailure('timeout', `no answer in time: ${detail}`, error)
  return new ApiFailure('reset', `the connection broke: ${detail}`, error)
}

/** An error on a connection that carries TCP already: the handshake of TLS. */
export function handshakeFailureOf(error: unknown): ApiFailure {
  // A side that refuses by hanging up, as a server does that is stopped, says nothing about trust.
  if (codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE') return failureOf(error)
  return new ApiFailure('tls', `TLS: ${(error as Error).message}`, error)
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
