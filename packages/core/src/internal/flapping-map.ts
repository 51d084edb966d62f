/**
 * A map for keys that come and go again. V8's Map leaves a deleted entry in its bucket until the table is rebuilt, so a key that is
 * deleted and set again and again is looked up behind thousands of its own dead entries.
 */

/** Keeps the entry of a deleted key, empty; as many may be empty as are full, and a rebuild is paid by as many deletions. */
export class FlappingMap<Key, Value extends object> {
  #entries = new Map<Key, Value | undefined>()
  #empty = 0

  get size(): number {
    return this.#entries.size - this.#empty
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.#empty > 0 && this.#entries.get(key) === undefined && this.#entries.has(key)) this.#empty--
    this.#entries.set(key, value)
  }

  /** @returns whether it was there */
  delete(key: Key): boolean {
    if (this.#entries.get(key) === undefined) return false
    this.#entries.set(key, undefined)
    if (++this.#empty > this.size) this.#rebuild()
    return true
  }

  *keys(): Generator<Key> {
    for (const [key, value] of this.#entries) if (value !== undefined) yield key
  }

  *values(): Generator<Value> {
    for (const value of this.#entries.values()) if (value !== undefined) yield value
  }

  #rebuild(): void {
    const full = new Map<Key, Value | undefined>()
    for (const [key, value] of this.#entries) if (value !== undefined) full.set(key, value)
    this.#entries = full
    this.#empty = 0
  }
}
