/**
 * Calls that wait for ready although the balancer refuses them: they pick again when somebody comes. Bounded like every line (law 12).
 */
import type { Balancer } from '@evenkeel/core'

/** What sleeps. */
export interface Sleeper {
  /** Somebody may be there. */
  wake(): void
}

// As many as core lets wait in its own line.
const maxSleepers = 1_000

/** One per channel. */
export class Sleepers implements Disposable {
  readonly #sleepers = new Set<Sleeper>()
  readonly #listening: Disposable

  constructor(balancer: Balancer) {
    this.#listening = balancer.pickable(() => this.#wake())
  }

  /** Calls that sleep. */
  get size(): number {
    return this.#sleepers.size
  }

  /** Leaving is disposing the answer; undefined: there is no room. */
  join(sleeper: Sleeper): Disposable | undefined {
    if (this.#sleepers.size >= maxSleepers) return undefined
    this.#sleepers.add(sleeper)
    return { [Symbol.dispose]: () => this.#sleepers.delete(sleeper) }
  }

  /** Hears nothing more. */
  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
    this.#sleepers.clear()
  }

  #wake(): void {
    // Those who find nobody come back, and must not be asked in the same round.
    const sleepers = [...this.#sleepers]
    this.#sleepers.clear()
    for (const sleeper of sleepers) sleeper.wake()
  }
}
