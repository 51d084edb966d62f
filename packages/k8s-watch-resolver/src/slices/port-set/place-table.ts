/**
 * What is known of each locator of one port, by number instead of by text: nearly all locators are IPv4 addresses at one port, and a Map of texts has to join, hash
 * and keep each of them, which for 10,000 is a tenth of the time in which a Service is to be usable. The others are kept in a Map.
 *
 * An open table with linear probing (Knuth, The Art of Computer Programming 3, §6.4). What is taken out leaves its number behind until the table grows.
 */
import { ipv4Number } from '../address-rule.ts'

/** Where something is: an endpoint, or the parts of a locator. */
export interface Place {
  /** Address and port. */
  readonly locator: string
  /** Without brackets. */
  readonly address: string
  /** Its number. */
  readonly port: number
}

// A power of two; small Services are the most.
const leastCapacity = 16
// 2^32 divided by the golden ratio: neighbouring addresses are spread (Knuth 3, §6.4).
const spread = 0x9e3779b1

/** Values by place. */
export class PlaceTable<Value> {
  // The port of the first place: those at other ports are rare, and stand among the texts.
  #port: number | undefined
  #keys = new Int32Array(leastCapacity)
  #values: (Value | undefined)[] = new Array<Value | undefined>(leastCapacity).fill(undefined)
  // Keys in the table, whether they have a value or not.
  #used = 0
  readonly #texts = new Map<string, Value>()

  /** The value at the place. */
  get(place: Place): Value | undefined {
    const key = this.#keyOf(place)
    return key === 0 ? this.#texts.get(place.locator) : this.#values[this.#slotOf(key)]
  }

  /** The value at a locator, which is taken apart for it. */
  at(locator: string): Value | undefined {
    const colon = locator.lastIndexOf(':')
    return this.get({ locator, address: locator.slice(0, colon), port: Number(locator.slice(colon + 1)) })
  }

  /** Puts a value there. */
  set(place: Place, value: Value): void {
    this.#port ??= place.port
    const key = this.#keyOf(place)
    if (key === 0) {
      this.#texts.set(place.locator, value)
      return
    }
    const slot = this.#slotOf(key)
    if (this.#keys[slot] === 0) {
      this.#keys[slot] = key
      this.#used++
    }
    this.#values[slot] = value
    if (this.#used * 2 > this.#keys.length) this.#rebuild()
  }

  /** Takes the value there out. */
  delete(place: Place): void {
    const key = this.#keyOf(place)
    if (key === 0) this.#texts.delete(place.locator)
    else this.#values[this.#slotOf(key)] = undefined
  }

  /** 0 for a place that stands among the texts, with 0.0.0.0. */
  #keyOf({ address, port }: Place): number {
    return port === this.#port ? (ipv4Number(address) ?? 0) : 0
  }

  /** Where the key is, or would be. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1
    let slot = (Math.imul(key, spread) >>> 8) & mask
    for (;;) {
      const there = this.#keys[slot]
      if (there === key || there === 0) return slot
      slot = (slot + 1) & mask
    }
  }

  /** With room for half as many again as have a value, at least. */
  #rebuild(): void {
    const keys = this.#keys
    const values = this.#values
    let live = 0
    for (const value of values) if (value !== undefined) live++
    let capacity = leastCapacity
    while (capacity < live * 3) capacity *= 2
    this.#keys = new Int32Array(capacity)
    this.#values = new Array<Value | undefined>(capacity).fill(undefined)
    this.#used = live
    for (let slot = 0; slot < keys.length; slot++) {
      const value = values[slot]
      if (value === undefined) continue
      const key = keys[slot] as number
      const next = this.#slotOf(key)
      this.#keys[next] = key
      this.#values[next] = value
    }
  }
}
