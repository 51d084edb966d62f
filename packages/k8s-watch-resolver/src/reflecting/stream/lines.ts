/**
 * Lines of a stream of bytes. A line is cut at its line feed, wherever chunks begin and end, so that a character in two chunks stays whole.
 */

/** The longest line that is taken: an event of a slice with 1,000 endpoints has about 340 kB, and etcd refuses objects above 1.5 MiB. */
const longestLineBytes: number = 8 * 2 ** 20

/** Cuts chunks into lines. One per stream. */
export class Lines {
  readonly #most: number
  #parts: Uint8Array[] = []
  #bytes = 0

  /** @param mostBytes longest line @defaultValue `longestLineBytes` */
  constructor(mostBytes: number = longestLineBytes) {
    this.#most = mostBytes
  }

  /** Whether the last chunk ended in the middle of a line. */
  get isOpen(): boolean {
    return this.#bytes > 0
  }

  /** The lines that are complete with this chunk, without their ends and without empty ones. @throws RangeError for a line that is too long */
  add(chunk: Uint8Array): readonly string[] {
    const lines: string[] = []
    let from = 0
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      this.#keep(chunk.subarray(from, at))
      if (this.#bytes > 0) lines.push(this.#take())
      from = at + 1
    }
    this.#keep(chunk.subarray(from))
    return lines
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return
    this.#bytes += part.length
    if (this.#bytes > this.#most) throw new RangeError(`a line of more than ${this.#most} bytes`)
    this.#parts.push(part)
  }

  #take(): string {
    const [first] = this.#parts
    const whole = this.#parts.length === 1 ? (first as Uint8Array) : Buffer.concat(this.#parts, this.#bytes)
    this.#parts = []
    this.#bytes = 0
    return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8')
  }
}

const lineFeed = 0x0a
