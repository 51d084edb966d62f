/**
 * What the fetch and WebSocket built into Node 22 and 24 need: they speak the first interface of undici's dispatchers, either to us directly
 * (`fetch(url, { dispatcher })`) or through the wrapper that `setGlobalDispatcher` installs for them.
 */
import { type Dispatcher, Dispatcher1Wrapper } from 'undici'
import type { ExchangeOptions } from './exchange/request-options.ts'

/** The handler itself, or wrapped if it is of undici's first interface; anything else is refused by undici's own check. */
export function modernHandler(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  if (typeof handler.onRequestStart === 'function') return handler
  // undici 8 has it, its types do not.
  const { wrapHandler } = Dispatcher1Wrapper as unknown as { wrapHandler(handler: object): Dispatcher.DispatchHandler }
  return wrapHandler(handler)
}

/** The options of a request as undici 8 takes them. `wrapped`: the handler had to be wrapped. */
export function modernOptions(options: ExchangeOptions & H1Only, wrapped: boolean): ExchangeOptions & H1Only {
  // undici's wrapper marks what went through it this way.
  if (!wrapped && options.allowH2 !== false) return options
  // A handler of the first interface cannot take HTTP/2 answers (nodejs/undici#4989); whoever we pass the request to has to know.
  const { headers } = options
  return { ...options, allowH2: false, ...(headers && { headers: withOneLength(headers) }) }
}

/** undici has this option, its types do not. */
interface H1Only {
  readonly allowH2?: boolean
}

type RequestHeaders = ExchangeOptions['headers']

/**
 * The fetch of Node 22 adds its own content-length to that of the caller, `3, 3`, which its own dispatcher takes and undici 8 does not. A list of
 * equal values may be read as one (RFC 9110 §8.6).
 */
function withOneLength(headers: NonNullable<RequestHeaders>): NonNullable<RequestHeaders> {
  if (Symbol.iterator in headers) return headers
  const record = headers as Readonly<Record<string, string | string[] | undefined>>
  for (const [name, value] of Object.entries(record)) {
    if (typeof value !== 'string' || name.toLowerCase() !== 'content-length') continue
    const [first, second] = value.split(', ')
    return second !== undefined && value === `${first}, ${first}` ? { ...record, [name]: first } : headers
  }
  return headers
}
