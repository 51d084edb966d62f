/**
 * Client-side health checking of one connection (gRFC A17): `grpc.health.v1.Health/Watch` for as long as the connection is open. A server that does not
 * know the method counts as serving; a watch that breaks is begun again after a back-off, and until it has answered the peer is not called.
 */
import { Metadata, status } from '@grpc/grpc-js'
import type { Settings } from '../options.ts'
import type { RealSubchannel, StreamCall, StreamStatus } from '../surface/subchannel.ts'
import { isServing, watchRequest } from './health-codec.ts'

// A watch that ends at once must not be begun in a loop; doubled up to the bound, as gRFC A17 has it for connections.
const firstBackoffMs = 1_000
const maxBackoffMs = 30_000

/** One per open connection. */
export class HealthWatch implements Disposable {
  readonly #real: RealSubchannel
  readonly #authority: string
  readonly #settings: Settings
  readonly #said: (health: 'serving' | 'not-serving') => void
  #stream: StreamCall | undefined
  #again: Disposable | undefined
  #backoffMs = firstBackoffMs
  #disposed = false

  constructor(
    real: RealSubchannel,
    authority: string,
    settings: Settings,
    said: (health: 'serving' | 'not-serving') => void,
  ) {
    this.#real = real
    this.#authority = authority
    this.#settings = settings
    this.#said = said
    this.#begin()
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#disposed = true
    this.#again?.[Symbol.dispose]()
    this.#stream?.cancelWithStatus(status.CANCELLED, 'the connection is not wanted')
  }

  #begin(): void {
    const listener = {
      onReceiveMetadata: () => undefined,
      onReceiveMessage: (message: Buffer) => this.#hear(message),
      onReceiveStatus: (ended: StreamStatus) => this.#ended(ended),
    }
    try {
      const path = '/grpc.health.v1.Health/Watch'
      this.#stream = this.#real.createCall(new Metadata(), this.#authority, path, listener, 0)
      this.#stream.startRead()
      this.#stream.sendMessageWithContext({}, watchRequest(this.#settings.healthService ?? ''))
      this.#stream.halfClose()
    } catch {
      // The connection has just gone, and says so itself.
    }
  }

  #hear(message: Buffer): void {
    if (this.#disposed) return
    this.#backoffMs = firstBackoffMs
    this.#said(isServing(message) ? 'serving' : 'not-serving')
    this.#stream?.startRead()
  }

  #ended({ code }: StreamStatus): void {
    if (this.#disposed) return
    this.#stream = undefined
    if (code === status.UNIMPLEMENTED) {
      this.#said('serving')
      return
    }
    this.#said('not-serving')
    this.#again = this.#settings.clock.after(this.#backoffMs, () => this.#begin())
    this.#backoffMs = Math.min(this.#backoffMs * 2, maxBackoffMs)
  }
}
