/**
 * The listening half of a resolver that stands between another resolver and an observer: it holds what the other one names, by
 * locator, and tells for each set what is different, from the set's own change when that fits and by comparing in full when not.
 */
import { type Endpoint, sameEndpoint } from './endpoint.ts'
import type { EndpointSet, Status } from './endpoint-set.ts'

/** What one set changed. */
export interface Change {
  /** Added or altered. */
  readonly changed: readonly Endpoint[]
  /** Gone. */
  readonly removed: readonly Endpoint[]
}

/** One watch, followed. */
export class FollowedSet {
  readonly #byLocator = new Map<string, Endpoint>()
  #version: number | undefined
  #status: Status = 'pending'
  #error: unknown
  #completed = false
  #virtual = 0

  /** The status that was last heard. */
  get status(): Status {
    return this.#status
  }

  /** The error that was last heard. */
  get error(): unknown {
    return this.#error
  }

  /** Whether there has ever been a complete answer: `ok` or `absent`. */
  get completed(): boolean {
    return this.#completed
  }

  /** What is named now, by locator. An error alone never takes anything out (law 3). */
  get endpoints(): ReadonlyMap<string, Endpoint> {
    return this.#byLocator
  }

  /** Whether there is a complete answer or, from a store for example, a list without one. */
  get known(): boolean {
    return this.#completed || this.#byLocator.size > 0
  }

  /** Whether something is named, and nothing but virtual addresses. */
  get onlyVirtual(): boolean {
    return this.#virtual > 0 && this.#virtual === this.#byLocator.size
  }

  /** Hears a set. An incomplete one (`pending`, `stale`, `failed`) removes nothing, whatever its list says. */
  take(set: EndpointSet): Change {
    const complete = set.status === 'ok' || set.status === 'absent'
    const fits = this.#version !== undefined && set.base === this.#version
    const change = fits ? set : this.#compare(set)
    const removed = complete ? change.removed : []
    for (const { locator } of removed) this.#replace(locator, undefined)
    for (const endpoint of change.changed) this.#replace(endpoint.locator, endpoint)
    // After an endpoint was held back, the next change must be compared in full.
    this.#version = removed.length === change.removed.length ? set.version : undefined
    this.#status = set.status
    this.#error = set.error
    if (complete) this.#completed = true
    return { changed: change.changed, removed }
  }

  #replace(locator: string, endpoint: Endpoint | undefined): void {
    if (this.#byLocator.get(locator)?.virtual === true) this.#virtual -= 1
    if (endpoint === undefined) this.#byLocator.delete(locator)
    else this.#byLocator.set(locator, endpoint)
    if (endpoint?.virtual === true) this.#virtual += 1
  }

  #compare(set: EndpointSet): Change {
    const changed = set.endpoints.filter((endpoint) => {
      const held = this.#byLocator.get(endpoint.locator)
      return held === undefined || !sameEndpoint(held, endpoint)
    })
    const named = new Set(set.endpoints.map((endpoint) => endpoint.locator))
    return { changed, removed: [...this.#byLocator.values()].filter((endpoint) => !named.has(endpoint.locator)) }
  }
}
