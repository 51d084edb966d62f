/**
 * Real servers on the loopback for the tests of this package, with what they saw.
 */
import { once } from 'node:events'
import { createServer as createHttp2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net'
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerOptions,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import { echoService } from './echo-service.ts'

type Unary = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void

/** One grpc-js server behind a door that counts, freezes and breaks connections. */
export class TestServer {
  /** Behind the door. */
  readonly server: Server
  /** Connections that are open. */
  readonly sockets: Set<Socket> = new Set<Socket>()
  /** Connections ever accepted. */
  accepted = 0
  /** Messages of unary calls, in order; an id for each, if the test sends one. */
  readonly seen: string[] = []
  /** Streams that are open on the server. */
  streams = 0
  /** What unary calls get. By default the server's name. */
  answer: Unary
  /** Of the door. */
  locator = ''
  readonly #door: NetServer
  readonly #name: string
  #port = 0
  #frozen = false

  private constructor(name: string, options: ServerOptions) {
    this.#name = name
    this.server = new Server(options)
    this.answer = (_call, answer) => answer(null, Buffer.from(name))
    this.server.addService(echoService, this.#handlers() as never)
    this.#door = createServer((socket) => this.#enter(socket))
  }

  /** Killed when the test has ended. */
  static async listen(
    name: string,
    options: ServerOptions = {},
    credentials: ServerCredentials = ServerCredentials.createInsecure(),
  ): Promise<TestServer> {
    const made = new TestServer(name, options)
    made.#port = await new Promise<number>((resolve, reject) =>
      made.server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      ),
    )
    made.#door.listen(0, '127.0.0.1')
    await once(made.#door, 'listening')
    made.locator = `127.0.0.1:${(made.#door.address() as AddressInfo).port}`
    onTestFinished(() => made.kill())
    return made
  }

  /** Nothing comes through any more, and nothing ends. */
  freeze(): void {
    this.#frozen = true
    for (const socket of this.sockets) socket.pause()
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Refuses connections from now on; those that are open go on. */
  shut(): void {
    this.#door.close()
  }

  /** As SIGKILL: everything ends at once. */
  kill(): void {
    this.shut()
    this.cut()
    this.server.forceShutdown()
  }

  /** As a graceful stop: GOAWAY, and what runs goes on. */
  leave(): Promise<void> {
    this.shut()
    return new Promise((resolve) => this.server.tryShutdown(() => resolve()))
  }

  #enter(socket: Socket): void {
    this.accepted++
    this.sockets.add(socket)
    const inner = connect(this.#port, '127.0.0.1').setNoDelay()
    socket.setNoDelay()
    socket.on('error', () => inner.destroy())
    inner.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.sockets.delete(socket)
      inner.destroy()
    })
    inner.on('close', () => socket.destroy())
    socket.pipe(inner)
    inner.on('data', (chunk) => {
      if (!this.#frozen) socket.write(chunk)
    })
    inner.on('end', () => socket.end())
    if (this.#frozen) socket.pause()
  }

  #handlers(): object {
    const unary: Unary = (call, answer) => {
      this.seen.push(call.request.toString())
      this.answer(call, answer)
    }
    return {
      unary,
      safe: unary,
      serverStream: (call: ServerWritableStream<Buffer, Buffer>) => {
        this.#count(call)
        call.write(Buffer.from(this.#name))
        if (call.request.toString() !== 'stay') call.end()
      },
      clientStream: (call: ServerDuplexStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        let count = 0
        call.on('data', () => count++)
        call.on('end', () => answer(null, Buffer.from(`${this.#name} ${count}`)))
      },
      duplex: (call: ServerDuplexStream<Buffer, Buffer>) => {
        this.#count(call)
        call.on('data', (chunk: Buffer) => call.write(chunk))
        call.on('end', () => call.end())
      },
    }
  }

  #count(call: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>): void {
    this.streams++
    call.on('close', () => this.streams--)
  }
}

/** Fails every unary call with the code. */
export function failWith(code: status, trailers: Readonly<Record<string, string>> = {}): Unary {
  return (_call, answer) => {
    const metadata = new Metadata()
    for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
    answer({ code, details: `it is ${status[code]}`, metadata })
  }
}

/** Never answers. */
export const silent: Unary = () => undefined

/** A locator at which connections are refused. */
export async function refusing(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `127.0.0.1:${port}`
}

/** Accepts connections and never says anything: no SETTINGS. */
export class MutePeer {
  /** Connections that are open. */
  readonly sockets: Set<Socket> = new Set<Socket>()
  /** Connections ever accepted. */
  accepted = 0
  /** `address:port`. */
  locator = ''

  /** Closed when the test has ended. */
  static async listen(): Promise<MutePeer> {
    const made = new MutePeer()
    const server = createServer((socket) => {
      made.accepted++
      made.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => made.sockets.delete(socket))
      socket.resume()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    made.locator = `127.0.0.1:${(server.address() as AddressInfo).port}`
    onTestFinished(() => {
      server.close()
      for (const socket of made.sockets) socket.destroy()
    })
    return made
  }
}

/** A bare HTTP/2 server, for what a gRPC server does not do when asked. */
export async function bareServer(
  onStream: (stream: ServerHttp2Stream, path: string) => void,
  settings: { readonly maxConcurrentStreams?: number } = {},
): Promise<{ readonly locator: string; readonly sessions: Set<ServerHttp2Session> }> {
  const sessions = new Set<ServerHttp2Session>()
  const server = createHttp2Server({ settings })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => undefined)
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    onStream(stream, String(headers[':path']))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const session of sessions) session.destroy()
  })
  return { locator: `127.0.0.1:${(server.address() as AddressInfo).port}`, sessions }
}
