/**
 * What the options of a request say, and what of them is sent on.
 */
import type { Dispatcher } from 'undici'
import type { CallOptions } from '../options.ts'
import type { KeptBody } from './kept-body.ts'

/** The dispatch options that we know of. */
export type ExchangeOptions = Dispatcher.DispatchOptions & { readonly evenkeel?: CallOptions | undefined }

// RFC 9110 §9.2.2, and QUERY (draft-ietf-httpbis-safe-method-w-body).
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])

/** By method, unless the caller says otherwise by `idempotent` or an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). An upgrade is never repeated blindly but may be: it has no effect before its answer. */
export function isRepeatable(options: Dispatcher.DispatchOptions): boolean {
  if (options.idempotent !== undefined && options.idempotent !== null) return options.idempotent
  return idempotent.has(options.method) || hasHeader(options.headers, 'idempotency-key')
}

/** Looks a header up in any of the four shapes in which undici takes headers. */
export function hasHeader(headers: Dispatcher.DispatchOptions['headers'], name: string): boolean {
  if (headers === undefined || headers === null) return false
  if (Array.isArray(headers)) {
    // A flat list of names and values, or a list of pairs.
    const flat = typeof headers[0] === 'string'
    for (let index = 0; index < headers.length; index += flat ? 2 : 1) {
      const key: unknown = flat ? headers[index] : (headers[index] as unknown as readonly unknown[])[0]
      if (typeof key === 'string' && key.toLowerCase() === name) return true
    }
    return false
  }
  if (Symbol.iterator in headers) {
    for (const [key] of headers as Iterable<readonly [string, unknown]>) if (key.toLowerCase() === name) return true
    return false
  }
  for (const key of Object.keys(headers)) if (key.toLowerCase() === name) return true
  return false
}

/** Whether the request itself asks for the connection to be closed, so that closing it says nothing of the server. undici does so for HEAD. */
export function asksToClose(options: Dispatcher.DispatchOptions): boolean {
  return options.method === 'HEAD' || options.reset === true
}

/** The caller's own options wherever they can be passed on as they are; our time-outs take the place of undici's. */
export function sendOptions(
  options: Dispatcher.DispatchOptions,
  body: KeptBody | undefined,
): Dispatcher.DispatchOptions {
  if (body === undefined && options.headersTimeout === undefined) return options
  if (body === undefined) return { ...options, headersTimeout: 0 }
  return {
    ...options,
    body: body.read() as unknown as NonNullable<Dispatcher.DispatchOptions['body']>,
    headersTimeout: 0,
  }
}

/** What the pass-through dispatcher is given: the request as the caller wrote it, with its own time-outs, since ours do not run there. */
export function passOptions(
  options: Dispatcher.DispatchOptions,
  origin: string,
  body: KeptBody | undefined,
): Dispatcher.DispatchOptions {
  if (body === undefined) return { ...options, origin }
  return { ...options, origin, body: body.read() as unknown as NonNullable<Dispatcher.DispatchOptions['body']> }
}
