/**
 * A real HTTP server on 127.0.0.1 that behaves as told and counts the requests that it sees by their path.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/**
 * - `answer`: 200 with the body that came.
 * - `unavailable`: 503.
 * - `drop`: reads the request and closes the connection.
 * - `hang`: reads the request and says nothing more.
 * - `cut`: answers the head and a part of the body, then closes the connection.
 * - `pause`: answers the head and a part of the body, and says nothing more.
 */
export type Behaviour = 'answer' | 'unavailable' | 'drop' | 'hang' | 'cut' | 'pause'

/** One server. */
export class ScriptedServer {
  behaviour: Behaviour = 'answer'
  /** Called when a request has been read, before the server behaves. */
  onRequest: (() => void) | undefined
  readonly #server: Server
  readonly #seen = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  readonly #upgraded = new Set<Socket>()
  #port = 0

  private constructor() {
    // Longer than anybody waits here: connections end when the transport ends them.
    this.#server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => this.#serve(request, response))
    this.#server.on('upgrade', (_request: IncomingMessage, socket: Socket) => this.#upgrade(socket))
  }

  static async listen(): Promise<ScriptedServer> {
    const made = new ScriptedServer()
    made.#server.listen(0, '127.0.0.1')
    await once(made.#server, 'listening')
    made.#port = (made.#server.address() as AddressInfo).port
    return made
  }

  get locator(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Requests seen in all. */
  get total(): number {
    let sum = 0
    for (const count of this.#seen.values()) sum += count
    return sum
  }

  seen(path: string): number {
    return this.#seen.get(path) ?? 0
  }

  /** Resolves with the next request that has been read. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  async connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    )
  }

  /** From now on connections are refused. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    // An upgraded socket is no longer the server's to close.
    for (const socket of this.#upgraded) socket.destroy()
    await closed
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    // A caller that goes away in the middle is one of the scenes.
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      this.#seen.set(path, this.seen(path) + 1)
      this.onRequest?.()
      this.#behave(response, Buffer.concat(chunks))
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    })
  }

  #behave(response: ServerResponse, body: Buffer): void {
    const { behaviour } = this
    if (behaviour === 'answer') response.end(body)
    else if (behaviour === 'unavailable') response.writeHead(503).end('not now')
    else if (behaviour === 'drop') response.socket?.destroy()
    else if (behaviour === 'cut' || behaviour === 'pause') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('a part', () => {
        if (behaviour === 'cut') response.socket?.destroy()
      })
    }
  }

  #upgrade(socket: Socket): void {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: law\r\n\r\n')
    this.#upgraded.add(socket)
    socket.on('end', () => socket.end())
    socket.on('close', () => this.#upgraded.delete(socket))
  }
}
