/**
 * What the options of a request say, and what of them is sent on.
 */
import type { Dispatcher } from 'undici'
import type { CallOptions } from '../options.ts'
import type { KeptBody } from './kept-body.ts'

/** The dispatch options that we know of. */
export type ExchangeOptions = Dispatcher.DispatchOptions & {
  /** What concerns the balancing of this request; not sent. @defaultValue none */
  readonly evenkeel?: CallOptions | undefined
}

// RFC 9110 §9.2.2, and QUERY (draft-ietf-httpbis-safe-method-w-body).
const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])

/** By method, unless the caller says otherwise by `idempotent` or an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). An upgrade is never repeated blindly but may be: it has no effect before its answer. */
export function isRepeatable(options: Dispatcher.DispatchOptions): boolean {
  if (options.idempotent !== undefined && options.idempotent !== null) return options.idempotent
  return idempotent.has(options.method) || headerOf(options.headers, 'idempotency-key') !== undefined
}

/** The value of a header in any of the four shapes in which undici takes headers; undefined if it is not sent. */
export function headerOf(headers: Dispatcher.DispatchOptions['headers'], name: string): unknown {
  if (headers === undefined || headers === null) return undefined
  if (Array.isArray(headers) && typeof headers[0] === 'string') {
    for (let index = 0; index < headers.length; index += 2)
      if (isName(headers[index], name)) return headers[index + 1] as unknown
    return undefined
  }
  if (Symbol.iterator in headers) {
    for (const [key, value] of headers as Iterable<readonly [unknown, unknown]>) if (isName(key, name)) return value
    return undefined
  }
  // What is undefined is not sent.
  for (const key of Object.keys(headers)) if (isName(key, name) && headers[key] !== undefined) return headers[key]
  return undefined
}

function isName(key: unknown, name: string): boolean {
  return typeof key === 'string' && key.length === name.length && key.toLowerCase() === name
}

/** Headers that can be read only once are copied: we look into them, and each attempt sends them anew. */
export function rereadable<Options extends Dispatcher.DispatchOptions>(options: Options): Options {
  const { headers } = options
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return options
  if (!(Symbol.iterator in headers) || headers[Symbol.iterator]() !== (headers as unknown)) return options
  return { ...options, headers: [...(headers as Iterable<readonly [string, string]>)].flat() }
}

/** Whether the request itself asks for the connection to be closed, so that closing it says nothing of the server. undici does so for HEAD. */
export function asksToClose(options: Dispatcher.DispatchOptions): boolean {
  if (options.method === 'HEAD' || options.reset === true) return true
  return /(?:^|,)\s*close\s*(?:,|$)/i.test(String(headerOf(options.headers, 'connection')))
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
