/**
 * The door of the fake API server: one port of 127.0.0.1, plain or TLS, for HTTP/1.1 and HTTP/2, that can also be shut. Behind it stand Node's own HTTP
 * servers; between them and the clients there is a relay for each connection.
 */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttp2Server, createSecureServer, type ServerHttp2Session } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { Request } from '../answering.ts'
import type { ApiProtocol } from '../question.ts'
import { type ServerCertificate, serverCertificate } from './certificate.ts'
import { RelayedConnection } from './connection.ts'
import type { Response } from './outlet.ts'

/**
 * What the door does with a client.
 * - `open`: it comes in.
 * - `refusing`: nobody listens, as while the server is stopped; those inside are reset.
 * - `hanging-up`: it is accepted and closed at once.
 * - `silent`: it is accepted and hears nothing.
 */
export type ApiDoor = 'open' | 'refusing' | 'hanging-up' | 'silent'

/** How the front is made. */
export interface FrontOptions {
  readonly scheme: 'https' | 'http'
  readonly protocols: readonly ApiProtocol[]
  /** Called with Node's request and response, of either protocol. */
  readonly answer: (request: Request, response: Response) => void
  /** Called when a connection has come or gone. */
  readonly moved: () => void
}

// Real settings of Kubernetes 1.37, as its first frame shows them.
const settings = { maxConcurrentStreams: 100, initialWindowSize: 262_144, maxFrameSize: 262_144 }
// Longer than a test runs: connections end because of the script, the client or the end, never by chance.
const keepAliveTimeout = 600_000

/** The door and what stands behind it. */
export class Front {
  /** Every connection there ever was. */
  readonly connections: RelayedConnection[] = []
  port = 0
  certificate: ServerCertificate | undefined
  readonly #options: FrontOptions
  readonly #inner: { readonly h1: InnerServer; readonly h2: InnerServer }
  readonly #outer: Server
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  #door: ApiDoor = 'refusing'

  constructor(options: FrontOptions) {
    this.#options = options
    if (options.scheme === 'https') this.certificate = serverCertificate()
    this.#inner = this.#makeInner()
    this.#outer = createServer((client) => this.#accept(client))
  }

  async open(): Promise<void> {
    for (const server of new Set(Object.values(this.#inner))) await listen(server, 0)
    await this.door('open')
  }

  async door(door: ApiDoor): Promise<void> {
    const hasListened = this.#door !== 'refusing'
    this.#door = door
    if (door === 'refusing' && hasListened) {
      const closed = once(this.#outer, 'close')
      this.#outer.close()
      for (const connection of this.connections) if (connection.isOpen) connection.reset()
      await closed
    } else if (door !== 'refusing' && !hasListened) this.port = await listen(this.#outer, this.port)
  }

  /** New connections meet a new certificate. */
  renewCertificate(): void {
    this.certificate = serverCertificate()
    for (const server of new Set(Object.values(this.#inner))) server.setSecureContext?.(this.certificate)
  }

  /** The connection that a request came on, by the port that the server behind sees. */
  connectionOf(port: number | undefined): RelayedConnection | undefined {
    return this.connections.find((connection) => connection.isOpen && connection.port === port)
  }

  async close(): Promise<void> {
    await this.door('refusing')
    for (const socket of this.#sockets) socket.destroy()
    for (const server of new Set(Object.values(this.#inner))) {
      if (!server.listening) continue
      const closed = once(server, 'close')
      server.close()
      await closed
    }
  }

  #accept(client: Socket): void {
    client.on('close', this.#options.moved)
    if (this.#door === 'hanging-up') {
      client.on('error', () => {})
      client.destroy()
      return
    }
    const made = new RelayedConnection(
      this.connections.length + 1,
      client,
      (first) => this.#portFor(first),
      (port) => this.#goAway(port),
    )
    if (this.#door === 'silent') made.freeze()
    this.connections.push(made)
    this.#options.moved()
  }

  /** Over TLS both protocols are behind one port. The first bytes of plain HTTP/2 are always the same, RFC 9113 §3.4. */
  #portFor(first: Buffer): number {
    const { protocols } = this.#options
    const speaksHttp2 = protocols.length === 1 ? protocols[0] === 'h2' : first.toString('latin1', 0, 3) === 'PRI'
    return (this.#inner[speaksHttp2 ? 'h2' : 'h1'].address() as AddressInfo).port
  }

  /** A session that closes says GOAWAY and lets its streams come to their end. */
  #goAway(port: number): void {
    for (const session of this.#sessions) if (session.socket.remotePort === port) session.close()
  }

  #makeInner(): { readonly h1: InnerServer; readonly h2: InnerServer } {
    const { protocols, answer: listener } = this.#options
    const speaksHttp1 = protocols.includes('http/1.1')
    const secure = this.certificate
    if (secure === undefined) {
      const h1 = this.#watched(createHttpServer({ keepAliveTimeout, requestTimeout: 0 }, listener))
      return { h1, h2: this.#watched(createHttp2Server({ settings }, listener)) }
    }
    const both = protocols.includes('h2')
      ? this.#watched(createSecureServer({ ...secure, settings, allowHTTP1: speaksHttp1 }, listener))
      : this.#watched(createHttpsServer({ ...secure, keepAliveTimeout, requestTimeout: 0 }, listener))
    return { h1: both, h2: both }
  }

  /** Keeps no process alive. */
  #watched(server: InnerServer): InnerServer {
    server.on('connection', (socket: Socket) => {
      socket.unref()
      socket.on('error', () => {})
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    // A client may distrust the certificate, or leave before it has seen it.
    server.on('tlsClientError', () => {})
    server.on('secureConnection', (socket: Socket) => {
      socket.unref()
      socket.on('error', () => {})
    })
    server.on('sessionError', () => {})
    server.on('session', (session: ServerHttp2Session) => {
      session.unref()
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
    })
    return server
  }
}

type InnerServer = Server & { setSecureContext?: (options: SecureContextOptions) => void }

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return (server.address() as AddressInfo).port
}
