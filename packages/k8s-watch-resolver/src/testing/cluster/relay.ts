/**
 * A door in front of the API server: a port of its own address, so that its certificate is good there, through which bytes go as they are, until a test
 * shuts it, cuts what stands or holds it back.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What is done with who comes. */
export type Door = 'open' | 'refusing' | 'hanging-up'

/** A relay. Disposing it ends everything. */
export class Relay implements AsyncDisposable {
  readonly #address: string
  readonly #target: number
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #server: Server | undefined
  #door: Door = 'open'
  /** Where it listens. */
  port = 0
  /** Connections that there ever were. */
  opened = 0
  /** Bytes that came from the server. */
  received = 0
  /** Bytes that went to it. */
  sent = 0

  private constructor(address: string, target: number) {
    this.#address = address
    this.#target = target
  }

  /** Opens one at an address, to another port of it. */
  static async open(address: string, target: number): Promise<Relay> {
    const relay = new Relay(address, target)
    await relay.door('open')
    return relay
  }

  /** Connections that stand. */
  get size(): number {
    return this.#pairs.size
  }

  /** Resets all. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy()
  }

  /** From now on nothing moves on those that stand. */
  freeze(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  /** What was held back moves on. */
  thaw(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resume()
  }

  /** Opens and shuts; `refusing` resets those inside. */
  async door(door: Door): Promise<void> {
    this.#door = door
    if (door === 'refusing') await this.#shut()
    else if (this.#server === undefined) await this.#listen()
  }

  /** Closes the door and every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shut()
  }

  async #shut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    const closed = server === undefined ? undefined : once(server, 'close')
    server?.close()
    this.cut()
    await closed
  }

  async #listen(): Promise<void> {
    const server = createServer((client) => this.#accept(client))
    this.#server = server
    server.listen(this.port, this.#address)
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
  }

  #accept(client: Socket): void {
    client.on('error', () => {})
    if (this.#door === 'hanging-up') {
      client.destroy()
      return
    }
    this.opened++
    const server = connect(this.#target, this.#address)
    const pair = [client, server] as const
    this.#pairs.add(pair)
    server.on('error', () => client.resetAndDestroy())
    server.on('data', (bytes) => {
      this.received += bytes.length
      client.write(bytes)
    })
    client.on('data', (bytes) => {
      this.sent += bytes.length
      server.write(bytes)
    })
    server.on('close', () => client.destroySoon())
    client.on('close', () => {
      this.#pairs.delete(pair)
      server.destroy()
    })
  }
}
