/**
 * One endpoint of a fleet: a real HTTP server on a port of 127.0.0.1 that does what its script says and notes what it sees.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { drainHeader } from '@evenkeel/core'
import { reply, replyFailed } from './reply.ts'
import type { Script, SeenRequest } from './script.ts'

/** Keeps no process alive. */
export class ScriptedEndpoint {
  readonly requests: SeenRequest[] = []
  draining = false
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #seen: (request: SeenRequest) => void
  #script: Script = {}
  #port = 0

  /** `seen` is called with every request before it is answered. Without `upgrade` a request for an upgrade is one like any other. */
  constructor(seen: (request: SeenRequest) => void, upgrade?: (socket: Socket) => void) {
    this.#seen = seen
    // Longer than a test runs: connections end because of the script, the client or the end, never by chance.
    this.#server = createServer(
      { keepAliveTimeout: 600_000 },
      (request, response) => void this.#serve(request, response),
    )
    this.#server.on('connection', (socket) => this.#accept(socket))
    if (upgrade !== undefined) this.#server.on('upgrade', (_request, socket: Socket) => upgrade(socket))
  }

  get locator(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Takes a port, the same one again after `refuse`. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#server.unref()
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Resolves once the script holds. Requests that hang from before go on hanging. */
  async play(script: Script): Promise<void> {
    this.#script = script
    if (script === 'refuse') await this.close()
    else if (!this.#server.listening) await this.listen()
  }

  /** From now on connections are refused, and those that are open are ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    socket.unref()
    // A caller that goes away in the middle is one of the scenes.
    socket.on('error', () => {})
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const seen = await this.#note(request)
      if (this.draining) response.setHeader(drainHeader, '1').setHeader('connection', 'close')
      await this.#act(seen, response)
    } catch {
      // The caller went away before its request was complete.
      response.destroy()
    }
  }

  async #note(request: IncomingMessage): Promise<SeenRequest> {
    const body = await text(request)
    const { method = '', url: path = '', headers } = request
    const seen = { method, path, headers, body, endpoint: this.locator, nth: this.requests.length + 1 }
    this.requests.push(seen)
    this.#seen(seen)
    return seen
  }

  async #act(seen: SeenRequest, response: ServerResponse): Promise<void> {
    const script = this.#script
    try {
      const behaviour = typeof script === 'function' ? await script(seen) : script
      // A script that refuses has ended the connection already.
      if (behaviour !== 'refuse') reply(response, behaviour)
    } catch (error) {
      replyFailed(response, error)
    }
  }
}
