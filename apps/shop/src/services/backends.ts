/**
 * The client side of the storefront: undici as it comes, with its global dispatcher, one URL and one time limit. Nothing here knows about pods.
 */
import { request } from 'undici'
import type { CallCounts } from './call-counts.ts'

/** A call that got no answer, or one that is none of 2xx. */
export class CallFailed extends Error {
  readonly backend: string
  /** Code of the error, its name without one, or the status. */
  readonly code: string

  constructor(backend: string, code: string, cause?: unknown) {
    super(`${backend}: ${code}`, { cause })
    this.name = 'CallFailed'
    this.backend = backend
    this.code = code
  }
}

/** What a backend answered. */
export type Told = Readonly<Record<string, unknown>>

/** A service that the storefront calls. */
export interface Backend {
  /** @throws CallFailed */
  get(path: string): Promise<Told>
  /** @throws CallFailed */
  post(path: string, body: object): Promise<Told>
}

/** Makes one; every call is counted. */
export function backend(name: string, url: string, callMs: number, counts: CallCounts): Backend {
  const call = async (method: 'GET' | 'POST', path: string, body: string | null): Promise<Told> => {
    const began = counts.began()
    try {
      const headers = body === null ? {} : { 'content-type': 'application/json' }
      // One limit for connection, head and body: a caller has no use for the three apart.
      const signal = AbortSignal.timeout(callMs)
      const answer = await request(url + path, { method, headers, body, signal })
      const told = (await answer.body.json()) as Told
      if (answer.statusCode >= 300) throw new CallFailed(name, String(answer.statusCode))
      counts.succeeded(began)
      return told
    } catch (error) {
      const failure = error instanceof CallFailed ? error : new CallFailed(name, codeOf(error), error)
      counts.failed(failure.code)
      throw failure
    }
  }
  return { get: (path) => call('GET', path, null), post: (path, body) => call('POST', path, JSON.stringify(body)) }
}

/** Errors of the system and of undici have a code; that of a time limit is a number of the web, so that its name says more. */
function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: string }
  return typeof code === 'string' ? code : (name ?? 'unknown')
}
