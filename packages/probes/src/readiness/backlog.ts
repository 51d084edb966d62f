/**
 * Ready or not by what lies waiting: requests in flight and event-loop lag. Each has an upper threshold that makes the process
 * not ready and a lower one that makes it ready again, because taking a pod out of rotation lowers its load at once:
 * with a single threshold it would come back and go again with every probe.
 */

/** Two thresholds: over above the first, well again below the second. */
export interface Limit {
  /** Not ready when a load is above it. */
  readonly above: number
  /** Ready again once the load is below it. */
  readonly below: number
}

/** What may be limited; nothing given, nothing limited. */
export interface BacklogLimits {
  /** Requests that the servers work on. No number fits every service, so there is no default. @defaultValue no limit */
  readonly inFlight?: Limit
  /** How late timers run, smoothed over a second, in milliseconds. @defaultValue `{ above: 1000, below: 250 }` */
  readonly loopLagMs?: Limit
}

/** What is measured, under the names of the limits. */
export type BacklogLoads = { readonly [name in keyof BacklogLimits]-?: number }

/** Remembers which limit is exceeded. `observe` is called at every sample; reading changes nothing. */
export class Backlog {
  readonly #limits: readonly { readonly name: keyof BacklogLimits; readonly limit: Limit }[]
  readonly #over = new Map<keyof BacklogLimits, number>()

  constructor(limits: BacklogLimits) {
    this.#limits = (['inFlight', 'loopLagMs'] as const).flatMap((name) => {
      const limit = limits[name]
      return limit === undefined ? [] : [{ name, limit }]
    })
  }

  /** Takes in the loads of this moment. */
  observe(loads: BacklogLoads): void {
    for (const { name, limit } of this.#limits) {
      const load = loads[name]
      if (load > limit.above || (this.#over.has(name) && load >= limit.below)) this.#over.set(name, load)
      else this.#over.delete(name)
    }
  }

  /** Why the process is not ready, in words; empty when nothing is exceeded. */
  get reasons(): readonly string[] {
    return this.#limits.flatMap(({ name, limit }) => {
      const load = this.#over.get(name)
      return load === undefined
        ? []
        : [`${name} ${Math.round(load)} (over above ${limit.above}, well below ${limit.below})`]
    })
  }
}
