/**
 * Endpoints that vanished without having been told to stop, kept for a moment as they were.
 *
 * The controller writes the slices of a Service one after another, so an endpoint that moves between slices is for a while in none of them, and with it
 * up to a quarter of a large Service. A pod that really leaves is shown as terminating first, unless it is deleted by force or no longer
 * selected. So nothing is said about it until the time is over: `unready` would take calls away from pods that are fine, and `serving-terminating`
 * would close their idle connections. The price: a pod deleted by force or relabelled may be picked for that long; a
 * call that finds nobody there was not processed and moves on.
 *
 * A complete list counts no different: it may as well have been read between two writes.
 */
import type { Clock, Endpoint } from '@evenkeel/core'

/**
 * For how long, by default: well above the 200 ms that a slow controller may need between two writes, and the shorter end of what is needed for it, as
 * it is also how long a pod that was deleted by force may still be picked.
 */
export const defaultHoldMs = 500

interface Held {
  readonly endpoint: Endpoint
  readonly until: number
}

/** What is held in one view. */
export class Hold {
  readonly #clock: Clock
  readonly #holdMs: number
  readonly #expired: (endpoints: readonly Endpoint[]) => void
  // In the order of their ends, since all are held equally long.
  readonly #held = new Map<string, Held>()
  readonly #byUid = new Map<string, string>()
  #timer: Disposable | undefined

  /** @param expired Hears of those whose time is over. */
  constructor(clock: Clock, holdMs: number, expired: (endpoints: readonly Endpoint[]) => void) {
    this.#clock = clock
    this.#holdMs = holdMs
    this.#expired = expired
  }

  get size(): number {
    return this.#held.size
  }

  /** Begins to hold. @returns false where nothing is ever held */
  add(endpoint: Endpoint): boolean {
    if (this.#holdMs <= 0) return false
    if (!this.#held.has(endpoint.locator)) this.#set(endpoint)
    this.#arm()
    return true
  }

  /** It is listed again, or somebody else is there. */
  release(locator: string): void {
    if (this.#held.size === 0) return
    const held = this.#held.get(locator)
    if (held === undefined) return
    this.#held.delete(locator)
    const { uid } = held.endpoint
    if (uid !== undefined && this.#byUid.get(uid) === locator) this.#byUid.delete(uid)
    if (this.#held.size === 0) this.#disarm()
  }

  /** The pod is listed at this place: where it is held at another one of the same family, that one is over. @returns it */
  moved(endpoint: Endpoint): Endpoint | undefined {
    const { uid, locator, address } = endpoint
    const place = uid === undefined ? undefined : this.#byUid.get(uid)
    const held = place === undefined || place === locator ? undefined : this.#held.get(place)?.endpoint
    if (held === undefined || held.address.includes(':') !== address.includes(':')) return undefined
    this.release(held.locator)
    return held
  }

  /** Nothing runs out while nothing is heard from the source: what is missing may have come back meanwhile. */
  pause(): void {
    this.#disarm()
  }

  /** The source is heard again: all begin anew. */
  resume(): void {
    const endpoints = [...this.#held.values()].map(({ endpoint }) => endpoint)
    this.clear()
    for (const endpoint of endpoints) this.add(endpoint)
  }

  /** Forgets all of them. */
  clear(): void {
    this.#held.clear()
    this.#byUid.clear()
    this.#disarm()
  }

  #set(endpoint: Endpoint): void {
    this.#held.set(endpoint.locator, { endpoint, until: this.#clock.now() + this.#holdMs })
    if (endpoint.uid !== undefined) this.#byUid.set(endpoint.uid, endpoint.locator)
  }

  #arm(): void {
    const [first] = this.#held.values()
    if (this.#timer !== undefined || first === undefined) return
    this.#timer = this.#clock.after(Math.max(0, first.until - this.#clock.now()), () => this.#expire())
  }

  #disarm(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #expire(): void {
    this.#timer = undefined
    const now = this.#clock.now()
    const over = [...this.#held.values()].filter(({ until }) => until <= now).map(({ endpoint }) => endpoint)
    for (const { locator } of over) this.release(locator)
    this.#arm()
    if (over.length > 0) this.#expired(over)
  }
}
