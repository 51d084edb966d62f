/**
 * Who asks, where, and whom it trusts. Asked before every request, so that tokens and authorities that change are used as soon as they have.
 */
import type { ConnectionOptions } from 'node:tls'
import type { Dispatcher } from 'undici'

/** What TLS needs to know. */
export type Trust = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'rejectUnauthorized'
>

/** What is shown with one request. */
export interface Shown {
  /** Headers that say who asks. */
  readonly headers: Readonly<Record<string, string>>
  /** The same object until it changes: what is another object gets connections of its own. */
  readonly trust: Trust
  /** A way through a proxy, where one is configured. Asked for once per `trust`; whoever asked closes it. */
  readonly dispatcher?: (() => Promise<Dispatcher>) | undefined
}

/** One identity at one API server. */
export interface Credentials {
  /** Scheme, host, port, and the path under which the API is served, if any. */
  readonly url: string
  /** The namespace that it calls its own. */
  readonly namespace: string | undefined
  /** @throws ApiFailure `credentials` */
  show(): Promise<Shown>
  /** What was read is read again before the next request. */
  renew(): void
}

/** The header of a token. */
export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}
