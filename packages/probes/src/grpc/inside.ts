/**
 * The only file that knows the inside of grpc-js. Its public surface shows a server neither its connections nor its calls, so two things
 * beneath are used, and looked for at once: `http2Servers`, the HTTP/2 servers that listen, and `_setupHandlers`, which gets each
 * of them before it listens. From there on everything is public again, for the HTTP/2 servers are those of Node.
 */

import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { Server as NetServer } from 'node:net'
import { invalidOption } from '@evenkeel/core'

/** The public parts of a `Server` of grpc-js that are used: whichever copy of grpc-js it comes from, and without its types. */
export interface GrpcJsServer {
  /** Adds methods and their handlers. */
  addService(service: object, implementation: object): void
  /** Takes them away. */
  removeService(service: object): void
  /** Ends everything. */
  forceShutdown(): void
}

/** Who hears what happens. */
export interface Listener {
  /** An HTTP/2 server has begun to listen. */
  readonly listening: () => void
  /** A connection has been established. */
  readonly session: (session: ServerHttp2Session) => void
  /** A call has begun. */
  readonly stream: (stream: ServerHttp2Stream, path: string) => void
}

interface Inside {
  readonly http2Servers: ReadonlyMap<Http2Server, { readonly sessions: ReadonlySet<ServerHttp2Session> }>
  _setupHandlers(server: Http2Server, ...rest: readonly unknown[]): void
}

/** The HTTP/2 servers under a server of grpc-js. Watches from its making until it is disposed. */
export class Http2Servers implements Disposable {
  readonly #inside: Inside
  readonly #listener: Listener
  readonly #servers = new Set<Http2Server>()

  /** @throws EvenkeelError with code EVENKEEL_INVALID_OPTION if this is no server of grpc-js, or of one with another inside */
  constructor(server: GrpcJsServer, listener: Listener) {
    this.#inside = insideOf(server)
    this.#listener = listener
    const original = this.#inside._setupHandlers
    this.#inside._setupHandlers = (http2Server, ...rest) => {
      original.call(this.#inside, http2Server, ...rest)
      this.#watch(http2Server)
    }
    for (const [http2Server, { sessions }] of this.#inside.http2Servers) {
      this.#watch(http2Server)
      for (const session of sessions) listener.session(session)
    }
  }

  /** Whether any of them listens: an address that could not be bound leaves one behind that does not. */
  get listening(): boolean {
    return [...this.#servers].some(({ listening }) => listening)
  }

  /** No new connection. The connections there are know nothing of it: Node's own `close` of an HTTP/2 server would close them in the same turn. */
  stopListening(): void {
    for (const server of this.#servers) NetServer.prototype.close.call(server)
  }

  /** Watches no longer. */
  [Symbol.dispose](): void {
    // Back to that of the class.
    Reflect.deleteProperty(this.#inside, '_setupHandlers')
    for (const server of this.#servers) {
      server.off('listening', this.#listener.listening)
      server.off('session', this.#listener.session)
      server.off('stream', this.#onStream)
    }
    this.#servers.clear()
  }

  #watch(server: Http2Server): void {
    this.#servers.add(server)
    server.on('listening', this.#listener.listening)
    server.on('session', this.#listener.session)
    // First in line: the handler of grpc-js may end a call in the same turn.
    server.prependListener('stream', this.#onStream)
    server.once('close', () => this.#servers.delete(server))
  }

  readonly #onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void =>
    this.#listener.stream(stream, headers[':path'] ?? '')
}

/** A server that lacks one of the two is refused when the process starts, not when it ends. */
function insideOf(server: GrpcJsServer): Inside {
  const inside = server as unknown as Inside
  if (typeof inside?._setupHandlers !== 'function' || !(inside.http2Servers instanceof Map))
    throw invalidOption(
      'server',
      server,
      'a server of @grpc/grpc-js 1.14 to 1.x as it was when this package was released',
    )
  return inside
}
