/**
 * One connection of a client: a relay of bytes between it and the HTTP server behind it, which can be stopped, cut or reset without the HTTP server's doing.
 */
import { connect, type Socket } from 'node:net'

/** A connection that a client has made. */
export interface ApiConnection {
  /** Which one of the server it is; the first is 1. */
  readonly id: number
  /** Whether its socket is still open. */
  readonly isOpen: boolean
  /** From now on no byte moves in either direction, and nothing ends: a peer that is gone without a word. Pings stay unanswered. */
  freeze(): void
  /** What was held back moves on. */
  thaw(): void
  /** Resets it (TCP RST). */
  reset(): void
  /** Closes it (TCP FIN), whatever was under way. */
  drop(): void
  /** HTTP/2: GOAWAY. Requests that are under way go on, new ones are not taken. Over HTTP/1.1 nothing happens. */
  goAway(): void
}

/** A relay. */
export class RelayedConnection implements ApiConnection {
  readonly id: number
  readonly #client: Socket
  readonly #goAway: (port: number) => void
  #server: Socket | undefined
  #isFrozen = false
  /** Port that the HTTP server behind sees; 0 before there is one. */
  port = 0

  /** @param serverPort the port behind, once it is known what the client speaks @param goAway sends GOAWAY to the client behind a port */
  constructor(id: number, client: Socket, serverPort: (first: Buffer) => number, goAway: (port: number) => void) {
    this.id = id
    this.#client = client
    this.#goAway = goAway
    client.unref()
    // A client that goes away in the middle is one of the scenes. So is one that is reset.
    client.on('error', () => this.#server?.resetAndDestroy())
    client.on('close', () => this.#server?.destroy())
    client.once('data', (first) => this.#join(serverPort(first), first))
  }

  get isOpen(): boolean {
    return !this.#client.destroyed
  }

  freeze(): void {
    this.#isFrozen = true
    this.#client.pause()
    this.#server?.pause()
  }

  thaw(): void {
    this.#isFrozen = false
    this.#client.resume()
    this.#server?.resume()
  }

  reset(): void {
    this.#client.resetAndDestroy()
  }

  drop(): void {
    this.#client.destroySoon()
    this.#server?.destroy()
  }

  goAway(): void {
    this.#goAway(this.port)
  }

  #join(serverPort: number, first: Buffer): void {
    const client = this.#client
    const server = connect(serverPort, '127.0.0.1')
    this.#server = server
    server.unref()
    server.setNoDelay(true)
    client.setNoDelay(true)
    server.once('connect', () => {
      this.port = server.localPort ?? 0
    })
    server.on('error', () => client.destroy())
    server.on('data', (bytes) => void client.write(bytes))
    server.on('end', () => client.end())
    server.on('close', () => client.destroySoon())
    client.on('data', (bytes) => void server.write(bytes))
    client.on('end', () => server.end())
    server.write(first)
    if (this.#isFrozen) this.freeze()
  }
}
