/**
 * A bounded map that lets go of what was unused longest. A hit is the cost of every request, so it only notes a number; the search for the oldest is
 * left to the rare moment when something new comes and nothing fits any more.
 */

interface Entry<Value> {
  readonly value: Value
  usedAt: number
}

/** By text. */
export class RecentlyUsed<Value> {
  readonly #max: number
  readonly #letGo: (value: Value) => void
  readonly #entries = new Map<string, Entry<Value>>()
  /** Counts uses: an order, no time. */
  #uses = 0

  /** At most `max` values are kept; `letGo` is given each that has to go. */
  constructor(max: number, letGo: (value: Value) => void) {
    this.#max = max
    this.#letGo = letGo
  }

  get size(): number {
    return this.#entries.size
  }

  /** Counts as a use. */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.usedAt = ++this.#uses
    return entry.value
  }

  /** Stores a value under a key that is not there. The new one is the last to go. */
  set(key: string, value: Value): void {
    this.#entries.set(key, { value, usedAt: ++this.#uses })
    if (this.#entries.size > this.#max) this.#makeRoom()
  }

  /** In the order in which they came. */
  *values(): Generator<Value, void, undefined> {
    for (const { value } of this.#entries.values()) yield value
  }

  #makeRoom(): void {
    let oldest: [string, Entry<Value>] | undefined
    for (const entry of this.#entries) if (oldest === undefined || entry[1].usedAt < oldest[1].usedAt) oldest = entry
    if (oldest === undefined) return
    this.#entries.delete(oldest[0])
    this.#letGo(oldest[1].value)
  }
}
