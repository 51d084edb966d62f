/**
 * Real servers on the loopback, with what they saw, and a relay that can die without a word.
 */
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { createSecureServer, type SecureServerOptions, type ServerHttp2Session } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { systemClock } from '@evenkeel/core'
import { onTestFinished } from 'vitest'
import { certificate } from './certificate.ts'

/** What is spoken. */
export type Kind = 'http' | 'https' | 'h2'

/** What a listener may do with a request, over any of them. */
export interface Exchange {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Of the answer. */
  readonly response: Writable & {
    writeHead(status: number, headers?: Record<string, string>): unknown
    flushHeaders(): void
  }
  /** Breaks it in the middle: the connection, or over HTTP/2 the stream. */
  readonly abort: () => void
}

/** A server and what it saw. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** PEM of its authority. */
  readonly authority: string
  readonly exchanges: Exchange[]
  /** Connections ever accepted. */
  readonly accepted: number
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>
  /** HTTP/2. */
  readonly sessions: ReadonlySet<ServerHttp2Session>
  close(): Promise<void>
}

/** Certificates are slow to make, and any will do. */
export const certificateOfAll: ReturnType<typeof certificate> = certificate()

/** Serves until the test has ended. */
export async function serve(
  kind: Kind,
  listener: (exchange: Exchange) => void,
  options: SecureServerOptions = {},
  port = 0,
): Promise<TestServer> {
  const exchanges: Exchange[] = []
  const sessions = new Set<ServerHttp2Session>()
  // The compatible API of node:http2 differs in types alone.
  const heard = (request: Asked & NodeJS.EventEmitter, response: Exchange['response']): void => {
    const exchange = exchangeOf(request, response)
    exchanges.push(exchange)
    listener(exchange)
  }
  const server: Server =
    kind === 'http'
      ? createHttpServer(heard as never)
      : kind === 'https'
        ? createHttpsServer({ ...certificateOfAll, ...options }, heard as never)
        : createSecureServer({ ...certificateOfAll, ...options }, heard as never)
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('error', ignore)
    session.on('close', () => sessions.delete(session))
  })
  const { sockets, counts, close, port: given } = await listen(server, port)
  return {
    url: `${kind === 'http' ? 'http' : 'https'}://127.0.0.1:${given}`,
    port: given,
    authority: String(options.cert ?? certificateOfAll.cert),
    exchanges,
    sockets,
    sessions,
    get accepted() {
      return counts.accepted
    },
    close,
  }
}

/** Accepts connections and says nothing on them, until the test has ended. */
export async function silent(): Promise<Pick<TestServer, 'port' | 'sockets'>> {
  return listen(
    createServer((socket) => socket.resume()),
    0,
  )
}

/** Copies bytes to a port of the loopback. */
export interface Relay {
  readonly port: number
  /** Keeps the connections that are open and forwards nothing on them any more: a node that lost its power, a firewall that forgot. */
  freeze(): void
  /** Leads new connections to another port. */
  lead(port: number): void
}

/** Relays until the test has ended. */
export async function relayTo(port: number): Promise<Relay> {
  let target = port
  const lines = new Set<{ isFrozen: boolean; readonly ends: readonly Socket[] }>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    const line = { isFrozen: false, ends: [near, far] }
    lines.add(line)
    const copy = (from: Socket, to: Socket): void => {
      from.on('error', ignore)
      from.on('data', (bytes) => line.isFrozen || to.write(bytes))
      from.on('close', () => line.isFrozen || to.destroy())
    }
    copy(near, far)
    copy(far, near)
  })
  const { port: given } = await listen(server, 0)
  onTestFinished(() => {
    for (const { ends } of lines) for (const end of ends) end.destroy()
  })
  return {
    port: given,
    freeze: () => {
      for (const line of lines) line.isFrozen = true
    },
    lead: (next) => {
      target = next
    },
  }
}

/** Looks after every poll of the event loop until it is so; a test that waits in vain is ended by its runner. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => systemClock.afterPoll(resolve))
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it was not rejected: ${String(value)}`)
    },
    (error: unknown) => error,
  )
}

/** The whole of a body as text. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

interface Listening {
  readonly port: number
  readonly sockets: Set<Socket>
  readonly counts: { accepted: number }
  readonly close: () => Promise<void>
}

async function listen(server: Server, port: number): Promise<Listening> {
  const sockets = new Set<Socket>()
  const counts = { accepted: 0 }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', ignore).on('close', () => sockets.delete(socket)))
    counts.accepted++
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  onTestFinished(close)
  return { port: (server.address() as AddressInfo).port, sockets, counts, close }
}

interface Asked {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
  readonly stream?: { close(code: number): void }
}

function exchangeOf(request: Asked & NodeJS.EventEmitter, response: Exchange['response']): Exchange {
  request.on('error', ignore)
  response.on('error', ignore)
  return {
    path: request.url,
    headers: request.headers,
    response,
    // 8 is CANCEL (RFC 9113 §7).
    abort: () => (request.stream === undefined ? request.socket.destroy() : request.stream.close(8)),
  }
}

function ignore(): void {}
