/**
 * Real servers on the loopback for the tests of this package, with what they saw.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** One server and what it saw. */
export interface TestServer {
  readonly locator: string
  readonly server: Server
  /** `METHOD path` of every request, in order. */
  readonly requests: string[]
  /** Connections ever accepted. */
  readonly accepted: number
  /** Connections open now. */
  readonly sockets: ReadonlySet<Socket>
  /** Refuses connections from now on and ends those that are open. */
  close(): Promise<void>
}

/** Serves until the test has ended. Keeps idle connections for ten minutes: nobody waits that long here. */
export async function serve(listener: RequestListener = answerOk, tls?: TlsOptions): Promise<TestServer> {
  const requests: string[] = []
  const seen = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`)
    request.on('error', ignore)
    response.on('error', ignore)
    listener(request, response)
  }
  const options = { keepAliveTimeout: 600_000, highWaterMark: 16_384 }
  const server = tls === undefined ? createServer(options, seen) : createTlsServer({ ...options, ...tls }, seen)
  const { locator, sockets, counts, close } = await listen(server)
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await close()
  }
  onTestFinished(stop)
  return {
    locator,
    server,
    requests,
    sockets,
    get accepted() {
      return counts.accepted
    },
    close: stop,
  }
}

/** A listener of bare connections. */
export interface RawServer {
  readonly locator: string
  readonly accepted: number
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** Hands each connection to `onSocket` until the test has ended. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<RawServer> {
  const server = createNetServer(onSocket)
  const { locator, sockets, counts, close } = await listen(server)
  onTestFinished(close)
  return {
    locator,
    sockets,
    get accepted() {
      return counts.accepted
    },
    close,
  }
}

/** An address at which nothing listens. */
export async function refusing(): Promise<string> {
  const { locator, close } = await listen(createNetServer())
  await close()
  return locator
}

/** 200 with the method and the path. */
export const answerOk: RequestListener = (request, response) => {
  request.resume()
  request.on('end', () => response.end(`${request.method} ${request.url}`))
}

/** 200 with the body that came. */
export const echo: RequestListener = (request, response) => {
  request.pipe(response)
}

/** Reads the request and says nothing. */
export const hang: RequestListener = (request) => {
  request.resume()
}

/** Reads the request, then closes the connection. */
export const drop: RequestListener = (request) => {
  request.resume()
  request.on('end', () => request.socket.destroy())
}

/** Answers with the status, a body and headers. */
export function status(code: number, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(code, headers).end(`status ${code}`))
  }
}

interface Listening {
  readonly locator: string
  readonly sockets: Set<Socket>
  readonly counts: { accepted: number }
  readonly close: () => Promise<void>
}

type Listener = Pick<Server, 'listening' | 'address'> &
  NodeJS.EventEmitter & { listen(port: number, host: string): unknown; close(): unknown }

async function listen(server: Listener): Promise<Listening> {
  const sockets = new Set<Socket>()
  const counts = { accepted: 0 }
  server.on('connection', (socket: Socket) => {
    counts.accepted++
    sockets.add(socket)
    socket.on('error', ignore)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    locator: `127.0.0.1:${port}`,
    sockets,
    counts,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function ignore(): void {}
