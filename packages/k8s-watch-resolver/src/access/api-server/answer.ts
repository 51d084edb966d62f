/**
 * An answer for its reader: decoded, and with every way to end in the words of `ApiFailure`.
 */
import { pipeline } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { type ApiAnswer, ApiFailure } from '../api-server.ts'
import { failureOf } from '../connections/failing.ts'
import type { Incoming } from '../connections/incoming.ts'
import type { Exchange } from './exchange.ts'

/** Ends the exchange when it ends. */
export class Answer implements ApiAnswer {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
  readonly #incoming: Incoming
  readonly #exchange: Exchange

  constructor(incoming: Incoming, exchange: Exchange) {
    this.status = incoming.status
    this.#incoming = incoming
    this.#exchange = exchange
    this.body = this.#read()
    incoming.source.once('close', () => exchange.end())
  }

  get aliveAt(): number {
    return this.#incoming.aliveAt()
  }

  header(name: string): string | undefined {
    return this.#incoming.header(name.toLowerCase())
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    const { signal } = this.#exchange
    try {
      signal.throwIfAborted()
      yield* this.#decoded()
      this.#incoming.complete()
    } catch (error) {
      throw signal.aborted ? signal.reason : this.#failureOf(error)
    } finally {
      this.#incoming.cancel()
      this.#exchange.end()
    }
  }

  #decoded(): AsyncIterable<Uint8Array> {
    const encoding = this.header('content-encoding') ?? 'identity'
    if (encoding === 'identity') return this.#heard()
    if (encoding !== 'gzip') throw new ApiFailure('reset', `the answer is encoded as ${encoding} (expected: gzip)`)
    // What the server has flushed comes out at once: an event does not wait for the next one.
    return pipeline(this.#heard(), createGunzip({ flush: constants.Z_SYNC_FLUSH }), ignore)
  }

  async *#heard(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#incoming.source) {
      this.#incoming.heard()
      yield chunk
    }
  }

  /** A stream that was ended by the other side knows why better than whoever read it. */
  #failureOf(error: unknown): ApiFailure {
    try {
      this.#incoming.complete()
    } catch (failure) {
      return failureOf(failure)
    }
    return failureOf(error)
  }
}

function ignore(): void {}
