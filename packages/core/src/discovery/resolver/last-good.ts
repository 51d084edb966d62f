/**
 * Law 3 for resolvers that do not keep it themselves: an error of discovery never removes an endpoint. Stale beats empty, and how
 * old it is can be seen in `Watch.seenAt`.
 */
import { type Clock, systemClock } from '../../clock.ts'
import type { EndpointSet } from '../endpoint-set.ts'
import { FollowedSet } from '../followed-set.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import { SetPublisher } from '../set-publisher.ts'
import type { Target } from '../target.ts'

/** Options of `lastGood`. */
export interface LastGoodOptions {
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
}

/**
 * Keeps the list of the last complete answer while `resolver` fails: `failed` after a good set becomes `stale` with that list and the
 * error. Only a complete answer takes something away: an `ok` set that lacks it, or `absent`.
 */
export function lastGood(resolver: Resolver, options: LastGoodOptions = {}): Resolver {
  const { clock = systemClock } = options
  return {
    claims: (target) => resolver.claims(target),
    watch: (target, observer) => new LastGoodWatch(resolver, target, observer, clock),
  }
}

class LastGoodWatch implements Watch {
  readonly #followed = new FollowedSet()
  readonly #publisher: SetPublisher
  readonly #clock: Clock
  readonly #inner: Watch
  #goodAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(resolver: Resolver, target: Target, observer: Observer, clock: Clock) {
    this.#publisher = new SetPublisher(observer)
    this.#clock = clock
    this.#inner = resolver.watch(target, (set) => this.#take(set))
  }

  refresh(): void {
    this.#inner.refresh()
  }

  /** When the source last gave a complete answer or, if it says so itself, last proved to be alive. */
  get seenAt(): number {
    return Math.max(this.#goodAt, this.#inner.seenAt)
  }

  get completeAnswers(): number {
    return this.#inner.completeAnswers
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#inner[Symbol.asyncDispose]()
  }

  #take(set: EndpointSet): void {
    if (this.#closed) return
    const { status, error } = set
    const change = this.#followed.take(set)
    if (status === 'ok' || status === 'absent') {
      this.#goodAt = this.#clock.now()
      this.#publisher.patch({ status, ...change })
      return
    }
    // A source may begin with a stale list, from a store for example: until the first answer that is the best there is.
    if (this.#followed.known) this.#publisher.patch({ status: 'stale', error, ...change })
    else this.#publisher.patch({ status: status === 'pending' ? 'pending' : 'failed', error, ...change })
  }
}
