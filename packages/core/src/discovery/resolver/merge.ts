/**
 * Several sources at once: a target's endpoints are the union of what all of them name. For a service that runs in two places.
 */
import { invalidOption } from '../../errors.ts'
import type { Endpoint } from '../endpoint.ts'
import type { EndpointSet, Status } from '../endpoint-set.ts'
import { FollowedSet } from '../followed-set.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import { SetPublisher } from '../set-publisher.ts'
import type { Target } from '../target.ts'

/**
 * Claims what any of the resolvers claims and asks all that do. Of endpoints with the same locator the one of the earlier resolver is
 * taken. An error of one source keeps what it named (law 3). The status, by the first rule that fits:
 *
 * 1. `stale` with its error: a source fails, and some source has given a complete answer or a list.
 * 2. `ok`: a source says so, and either something is named or no answer is outstanding.
 * 3. `pending`: an answer is outstanding.
 * 4. `failed` with the first error: every source fails.
 * 5. `absent`: every source says so.
 *
 * `seenAt` is that of the source silent for longest, `completeAnswers` that of the one with the fewest.
 *
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` without resolvers.
 *
 * @example
 * ```ts run
 * import { merge, parseTarget, staticEndpoints, upstreams } from '@evenkeel/core'
 *
 * const here = staticEndpoints({ 'user-service': ['10.0.0.1:8080'] })
 * const there = staticEndpoints({ 'user-service': ['10.1.0.1:8080'] })
 * const services = upstreams({ resolver: merge(here, there) })
 * const { peers } = services.of(parseTarget('user-service')).inspect()
 * console.log(peers.map(({ locator }) => locator).join(', '))
 * await services[Symbol.asyncDispose]()
 * ```
 * ```text
 * 10.0.0.1:8080, 10.1.0.1:8080
 * ```
 */
export function merge(...resolvers: readonly [Resolver, ...Resolver[]]): Resolver {
  if (resolvers.length === 0) throw invalidOption('resolvers', resolvers, 'at least one')
  return {
    claims: (target) => resolvers.some((resolver) => resolver.claims(target)),
    watch: (target, observer) => {
      const claiming = resolvers.filter((resolver) => resolver.claims(target))
      // A target that nobody claims is watched all the same, so that the sources say themselves that there is none.
      return new MergedWatch(claiming.length === 0 ? resolvers : claiming, target, observer)
    },
  }
}

class MergedWatch implements Watch {
  readonly #publisher: SetPublisher
  readonly #sources: readonly FollowedSet[]
  readonly #watches: readonly Watch[]
  #closed = false

  constructor(resolvers: readonly Resolver[], target: Target, observer: Observer) {
    this.#publisher = new SetPublisher(observer)
    this.#sources = resolvers.map(() => new FollowedSet())
    this.#watches = resolvers.map((resolver, at) => resolver.watch(target, (set) => this.#take(at, set)))
  }

  refresh(): void {
    for (const watch of this.#watches) watch.refresh()
  }

  get seenAt(): number {
    return Math.min(...this.#watches.map((watch) => watch.seenAt))
  }

  get completeAnswers(): number {
    return Math.min(...this.#watches.map((watch) => watch.completeAnswers))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all(this.#watches.map((watch) => watch[Symbol.asyncDispose]()))
  }

  #take(at: number, set: EndpointSet): void {
    if (this.#closed) return
    const change = (this.#sources[at] as FollowedSet).take(set)
    const changed: Endpoint[] = []
    const removed: Endpoint[] = []
    for (const endpoint of [...change.changed, ...change.removed]) {
      const winner = this.#winner(endpoint.locator)
      if (winner === undefined) removed.push(endpoint)
      else changed.push(winner)
    }
    this.#publisher.patch({ ...this.#status(), changed, removed })
  }

  #winner(locator: string): Endpoint | undefined {
    for (const source of this.#sources) {
      const endpoint = source.endpoints.get(locator)
      if (endpoint !== undefined) return endpoint
    }
    return undefined
  }

  #status(): { readonly status: Status; readonly error?: unknown } {
    const named = this.#sources.some((source) => source.endpoints.size > 0)
    const failing = this.#sources.find(({ status }) => status === 'stale' || status === 'failed')
    const known = named || this.#sources.some((source) => source.completed)
    if (failing !== undefined && known) return { status: 'stale', error: failing.error }
    const pending = this.#sources.some((source) => source.status === 'pending')
    if (this.#sources.some((source) => source.status === 'ok') && (named || !pending)) return { status: 'ok' }
    if (pending) return { status: 'pending' }
    return failing === undefined ? { status: 'absent' } : { status: 'failed', error: failing.error }
  }
}
