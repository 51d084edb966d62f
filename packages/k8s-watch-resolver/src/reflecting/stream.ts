/**
 * One watch of one collection, from its request to its end: what its events say, in order, one batch for each piece that the connection gives.
 */
import type { Clock, Random } from '@evenkeel/core'
import type { ApiServer } from '../access/api-server.ts'
import { ask } from './asking/read.ts'
import { Refusal, type Status } from './asking/status.ts'
import type { ApiObject, WatchEvent } from './object.ts'
import { Lines } from './stream/lines.ts'
import { Watchdog } from './watchdog.ts'

/** How a stream is opened. */
export interface StreamOptions {
  readonly server: ApiServer
  readonly path: string
  /** For which the server was asked to go on. */
  readonly seconds: number
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  /** What a line says; throws SyntaxError for one that says nothing. @defaultValue `JSON.parse` */
  readonly parse?: ((line: string) => unknown) | undefined
}

/** One watch. */
export class Stream<T extends ApiObject> implements Disposable {
  readonly #options: StreamOptions
  readonly #control = new AbortController()
  readonly #openedAt: number
  // That it was asked for proves nothing.
  #aliveAt: () => number = () => Number.NEGATIVE_INFINITY
  #bytes = 0

  constructor(options: StreamOptions) {
    this.#options = options
    this.#openedAt = options.clock.now()
    options.signal.addEventListener('abort', this.#stop, { once: true })
    if (options.signal.aborted) this.#stop()
  }

  /** When it last proved to be alive; -Infinity before its head has come. */
  get aliveAt(): number {
    return this.#aliveAt()
  }

  /** For how long it has been open. */
  get ageMs(): number {
    return this.#options.clock.now() - this.#openedAt
  }

  /** What it has read. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * The events, batch by batch; a batch is there until the next one is asked for. Ends when the server ends the watch in order.
   * @throws Refusal for what the server refuses, also in the middle; ApiFailure when the connection breaks; SyntaxError and RangeError for what is no event
   */
  async *events(): AsyncGenerator<readonly WatchEvent<T>[]> {
    const { server, path, seconds, clock, random } = this.#options
    const answer = await ask({ server, clock }, path, this.#control.signal)
    this.#aliveAt = () => answer.aliveAt
    const lines = new Lines()
    using watchdog = new Watchdog(clock, random, this.#aliveAt, seconds, (error) => this.cut(error))
    for await (const chunk of this.#chunks(answer.body)) {
      const batch = this.#eventsOf(lines, chunk, watchdog)
      if (batch.length > 0) yield batch
      // Both sides still refer to it while they wait, and a quiet watch may wait for minutes.
      batch.length = 0
    }
    if (lines.isOpen) throw new Error('the watch ended in the middle of an event')
  }

  /** Ends it for a reason, which `events` throws. */
  cut(error: Error): void {
    this.#control.abort(error)
  }

  [Symbol.dispose](): void {
    this.#options.signal.removeEventListener('abort', this.#stop)
    this.#control.abort(new Error('the watch was closed'))
  }

  /** Apart from `events`, which may wait for minutes and keeps whatever it has named. */
  #eventsOf(lines: Lines, chunk: Uint8Array, watchdog: Watchdog): WatchEvent<T>[] {
    const { parse = JSON.parse } = this.#options
    const batch = lines.add(chunk).map((line) => parse(line) as WatchEvent<T>)
    for (const { type, object } of batch) {
      if (type === 'BOOKMARK') watchdog.bookmark()
      if (type === 'ERROR') throw refusalIn(object)
    }
    return batch
  }

  async *#chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { signal } = this.#control
    try {
      for await (const chunk of body) {
        this.#bytes += chunk.length
        yield chunk
      }
      signal.throwIfAborted()
    } catch (error) {
      // Whoever cut it knows the reason better than the connection.
      throw signal.aborted ? signal.reason : error
    }
  }

  readonly #stop = (): void => this.#control.abort(this.#options.signal.reason)
}

function refusalIn(object: unknown): Refusal {
  const status = object as Status
  return new Refusal(status.code ?? 500, status, undefined)
}
