/**
 * An immutable list of which a changed copy costs what was changed: it is kept in chunks, and a copy shares those that are the same (the vectors of
 * Clojure, one level deep). Copying a list of 10,000 for each change of one entry was half the cost of the change.
 */

// The square root of 10,000 would be 100: about as much is copied of the chunk as of the list of chunks. A power of two, for shifts.
const chunkBits = 7
const chunkLength = 1 << chunkBits

/** Made by `chunked`, changed by `edit`. */
export class ChunkedList<T> {
  readonly #chunks: readonly (readonly T[])[]
  /** Entries. */
  readonly size: number
  #array: readonly T[] | undefined

  constructor(chunks: readonly (readonly T[])[], size: number, array?: readonly T[]) {
    this.#chunks = chunks
    this.size = size
    this.#array = array
  }

  /** undefined beyond the end. */
  at(index: number): T | undefined {
    return this.#chunks[index >> chunkBits]?.[index & (chunkLength - 1)]
  }

  /** A copy that is about to be changed. */
  edit(): ChunkedDraft<T> {
    return new ChunkedDraft(this.#chunks, this.size)
  }

  /** As an array, made when it is first asked for. */
  get array(): readonly T[] {
    this.#array ??= this.#chunks.length === 1 ? (this.#chunks[0] as readonly T[]) : this.#chunks.flat()
    return this.#array
  }
}

/** A list under change; `done` ends it. */
export class ChunkedDraft<T> {
  readonly #chunks: (readonly T[])[]
  /** Chunks that are ours to change. */
  readonly #own = new Map<number, T[]>()
  /** Entries. */
  size: number

  constructor(chunks: readonly (readonly T[])[], size: number) {
    this.#chunks = chunks.slice()
    this.size = size
  }

  /** Replaces an entry, or adds the one behind the last. */
  set(index: number, value: T): void {
    this.#chunk(index >> chunkBits)[index & (chunkLength - 1)] = value
  }

  /** Adds one at the end. */
  push(value: T): void {
    this.set(this.size++, value)
  }

  /** Takes the last one off; there must be one. */
  pop(): T {
    const place = --this.size >> chunkBits
    const chunk = this.#chunk(place)
    const last = chunk.pop() as T
    if (chunk.length === 0) {
      this.#chunks.pop()
      this.#own.delete(place)
    }
    return last
  }

  /** The changed copy; the draft is not used afterwards. */
  done(): ChunkedList<T> {
    return new ChunkedList(this.#chunks, this.size)
  }

  #chunk(place: number): T[] {
    let chunk = this.#own.get(place)
    if (chunk === undefined) {
      chunk = this.#chunks[place]?.slice() ?? []
      this.#own.set(place, chunk)
      this.#chunks[place] = chunk
    }
    return chunk
  }
}

/** The list of an array, which must not change any more. */
export function chunked<T>(array: readonly T[]): ChunkedList<T> {
  const chunks: (readonly T[])[] = []
  for (let from = 0; from < array.length; from += chunkLength) chunks.push(array.slice(from, from + chunkLength))
  return new ChunkedList(chunks, array.length, array)
}
