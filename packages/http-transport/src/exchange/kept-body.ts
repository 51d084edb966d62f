/**
 * A streamed request body that can be sent again: what was read of it is kept, up to a bound. Beyond the bound it is passed on and forgotten, and the
 * request cannot be repeated any more; unread it always can. Strings and buffers need none of this.
 */
import type { Readable } from 'node:stream'

type Chunk = Uint8Array | string

/** One per request with a streamed body. At most one reader reads at a time; a newer one takes over. */
export class KeptBody {
  readonly #source: AsyncIterable<Chunk> | Iterable<Chunk>
  readonly #maxBytes: number
  #iterator: AsyncIterator<Chunk> | Iterator<Chunk> | undefined
  readonly #kept: Chunk[] = []
  #keptBytes = 0
  /** Chunks that were passed on and forgotten. */
  #forgotten = 0
  #pulling: Promise<void> | undefined
  #ended = false
  #reader = 0
  /** What the source failed with. */
  error: unknown

  constructor(source: AsyncIterable<Chunk> | Iterable<Chunk>, maxBytes: number) {
    this.#source = source
    this.#maxBytes = maxBytes
    // A stream that fails while nobody reads would otherwise end the process.
    if (isStream(source)) source.on('error', (error) => this.#fail(error))
  }

  /** Whether it can be sent from its beginning. */
  get repeatable(): boolean {
    return this.#forgotten === 0 && this.#keptBytes <= this.#maxBytes && this.error === undefined
  }

  /** Reads it from the beginning. */
  async *read(): AsyncGenerator<Chunk, void, undefined> {
    const reader = ++this.#reader
    for (let index = 0; reader === this.#reader; ) {
      const place = index - this.#forgotten
      if (place < this.#kept.length) {
        const chunk = this.#kept[place] as Chunk
        index++
        if (this.#keptBytes > this.#maxBytes) this.#forget(place + 1)
        yield chunk
      } else if (this.#ended) return
      else {
        this.#pulling ??= this.#pull()
        await this.#pulling
        if (this.error !== undefined) throw this.error
      }
    }
  }

  /** No attempt will read it any more. */
  end(error: Error | undefined): void {
    this.#reader++
    this.#kept.length = 0
    if (isStream(this.#source)) {
      if (!this.#ended) this.#source.destroy(error)
    } else if (this.#iterator !== undefined && !this.#ended)
      void Promise.resolve(this.#iterator.return?.()).catch(() => {})
  }

  async #pull(): Promise<void> {
    try {
      this.#iterator ??= iteratorOf(this.#source)
      const { done, value } = await this.#iterator.next()
      if (done === true) this.#ended = true
      else {
        this.#kept.push(value)
        this.#keptBytes += typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pulling = undefined
    }
  }

  #forget(count: number): void {
    this.#kept.splice(0, count)
    this.#forgotten += count
  }

  #fail(error: unknown): void {
    this.error ??= error ?? new Error('the request body failed')
  }
}

/** Whether a body is consumed by sending it: a stream or an iterable, but neither text nor bytes nor what undici can read again. */
export function isStreamed(body: unknown): body is AsyncIterable<Chunk> | Iterable<Chunk> {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return false
  if (isFormData(body)) return false
  return Symbol.asyncIterator in body || Symbol.iterator in body
}

function isFormData(body: object): boolean {
  return Symbol.toStringTag in body && body[Symbol.toStringTag] === 'FormData'
}

function isStream(source: object): source is Readable {
  return 'on' in source && typeof source.on === 'function' && 'destroy' in source
}

function iteratorOf(source: AsyncIterable<Chunk> | Iterable<Chunk>): AsyncIterator<Chunk> | Iterator<Chunk> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}
