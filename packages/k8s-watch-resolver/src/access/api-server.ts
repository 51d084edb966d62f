/**
 * The API server as the rest of this package sees it: somewhere to send a GET. Who asks, over which protocol and on which connection is decided below
 * this line; what the answers mean is decided above it.
 */

/** One GET. Nothing else is ever asked of an API server. */
export interface ApiRequest {
  /** With its query. */
  readonly path: string
  /** Limit in ms for the head of the answer, from the call on: credentials, connection and waiting are all in it. */
  readonly headMs: number
  /** Ends the request at any moment, also in the middle of the body; what was awaited then throws its reason. */
  readonly signal: AbortSignal
}

/** An answer whose head has come. Its body has to be read to the end, left by `break`, or ended by the signal: until then it holds a connection. */
export interface ApiAnswer {
  /** The HTTP status. */
  readonly status: number
  /** The value of a header, whatever the case of its name. */
  header(name: string): string | undefined
  /** Decoded (gzip). Ends when the answer is complete; throws ApiFailure when the connection breaks, says goodbye in the middle, or was found dead. */
  readonly body: AsyncIterable<Uint8Array>
  /** `Clock.now` of the last byte or answered ping on the connection: what a watchdog reads. */
  readonly aliveAt: number
}

/** One API server. Connections are opened when there is something to ask, shared, and closed by disposing. */
export interface ApiServer extends AsyncDisposable {
  /** For messages and events: scheme, host, port and path. Never a token. */
  readonly url: string
  /** The own namespace, where it is known. */
  readonly namespace: string | undefined
  /**
   * Sends one GET.
   * @throws ApiFailure, or the reason of the request's signal
   */
  get(request: ApiRequest): Promise<ApiAnswer>
  /** After a 401: forgets the token (and CA) it has read, so that the next request reads them again. */
  renew(): void
}

/**
 * Why there is no answer, or no more of it. `refused`: no connection came about. `reset`: it broke. `timeout`: nothing came in time, or a ping was not
 * answered. `tls`: the two do not trust each other. `credentials`: there is nothing to show, nothing was sent. `closed`: this side was disposed.
 */
export type ApiFailureKind = 'refused' | 'reset' | 'timeout' | 'tls' | 'credentials' | 'closed'

/** What `get` and `body` throw. Holds no header of the request, hence no token. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** What programs compare. */
  readonly kind: ApiFailureKind

  constructor(kind: ApiFailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}
