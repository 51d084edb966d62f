/**
 * Discovery in the hands of a test: it says what the test says, when the test says it.
 */
import {
  type Clock,
  type EndpointInput,
  type EndpointSet,
  type FullNews,
  formatTarget,
  type Observer,
  type PartialNews,
  parseTarget,
  type Resolver,
  readEndpoint,
  SetPublisher,
  type Target,
  type Watch,
} from '../index.ts'

/** Options of `manualResolver`. */
export interface ManualResolverOptions {
  /** Names that are claimed. @defaultValue all */
  readonly claims?: readonly string[] | undefined
  /** Gives `seenAt` its times. @defaultValue none: `seenAt` is what the test sets */
  readonly clock?: Clock | undefined
}

/** A resolver with handles. Each saying goes to every open watch, or to those of one target where `to` names it, and to later ones. */
export interface ManualResolver extends Resolver {
  /** A complete list, status `ok`. */
  set(endpoints: readonly EndpointInput[], to?: string): void
  /** A complete list given by its difference from the last one. Only open watches hear it as a change. */
  patch(changed: readonly EndpointInput[], removed?: readonly string[], to?: string): void
  /** Completely observed: no such Service. */
  absent(to?: string): void
  /** An error: `stale` with the list once there was an answer, else `failed`, as law 3 asks. */
  fail(error: unknown, to?: string): void
  /** Anything, also what a good resolver would never say. */
  say(news: FullNews, to?: string): void
  /** One more complete answer that says the same: nothing is emitted, `completeAnswers` rises. */
  repeat(): void
  /** Monotonic time of the last sign of life, as every watch shows it. Each saying but `fail` and `say` moves it to now. */
  seenAt: number
  /** How many watches are open. Law 11: 0 in the end. */
  readonly watches: number
  /** How often a watch was asked to refresh. */
  readonly refreshes: number
}

/** Makes a resolver that knows nothing yet: a watch stays silent until something is said. */
export function manualResolver(options: ManualResolverOptions = {}): ManualResolver {
  return new HandResolver(options)
}

class HandResolver implements ManualResolver {
  seenAt = Number.NEGATIVE_INFINITY
  refreshes = 0
  completeAnswers = 0
  readonly #claimed: ReadonlySet<string> | undefined
  readonly #clock: Clock | undefined
  readonly #watches = new Set<OpenWatch>()
  // One publisher serves all watches, so that the cost of a change is that of one list; a target spoken to alone gets its own.
  readonly #shared = new Scope(() => this.#hearing(undefined))
  readonly #own = new Map<string, Scope>()

  constructor(options: ManualResolverOptions) {
    this.#claimed = options.claims === undefined ? undefined : new Set(options.claims.map(canonical))
    this.#clock = options.clock
  }

  get watches(): number {
    return this.#watches.size
  }

  claims(target: Target): boolean {
    return this.#claimed === undefined || this.#claimed.has(formatTarget(target))
  }

  watch(target: Target, observer: Observer): Watch {
    const text = formatTarget(target)
    const open: OpenWatch = { text, observer, open: true }
    this.#watches.add(open)
    const { current } = (this.#own.get(text) ?? this.#shared).publisher
    if (current.version > 0) observer({ ...current, base: undefined, changed: current.endpoints, removed: [] })
    return new HandWatch(this, () => {
      open.open = false
      this.#watches.delete(open)
    })
  }

  set(endpoints: readonly EndpointInput[], to?: string): void {
    this.#answer({ status: 'ok', endpoints: endpoints.map((input, at) => readEndpoint(input, `endpoints[${at}]`)) }, to)
  }

  patch(changed: readonly EndpointInput[], removed: readonly string[] = [], to?: string): void {
    const news: PartialNews = {
      changed: changed.map((input, at) => readEndpoint(input, `changed[${at}]`)),
      removed: removed.map((locator) => ({ locator })),
    }
    this.repeat()
    for (const { publisher } of this.#scopes(to)) publisher.patch(news)
  }

  absent(to?: string): void {
    this.#answer({ status: 'absent', endpoints: [] }, to)
  }

  fail(error: unknown, to?: string): void {
    for (const { publisher } of this.#scopes(to)) publisher.fail(error)
  }

  say(news: FullNews, to?: string): void {
    for (const { publisher } of this.#scopes(to)) publisher.publish(news)
  }

  repeat(): void {
    this.completeAnswers += 1
    if (this.#clock !== undefined) this.seenAt = this.#clock.now()
  }

  #answer(news: FullNews, to: string | undefined): void {
    this.repeat()
    this.say(news, to)
  }

  #scopes(to: string | undefined): readonly Scope[] {
    if (to === undefined) return [this.#shared, ...this.#own.values()]
    const text = canonical(to)
    const own = this.#own.get(text) ?? new Scope(() => this.#hearing(text), this.#shared.publisher.current)
    this.#own.set(text, own)
    return [own]
  }

  #hearing(text: string | undefined): readonly OpenWatch[] {
    const open = [...this.#watches]
    return open.filter((watch) => (text === undefined ? !this.#own.has(watch.text) : watch.text === text))
  }
}

interface OpenWatch {
  readonly text: string
  readonly observer: Observer
  open: boolean
}

class Scope {
  readonly publisher: SetPublisher

  constructor(hearing: () => readonly OpenWatch[], from?: EndpointSet) {
    this.publisher = new SetPublisher((set) => {
      for (const watch of hearing()) if (watch.open) watch.observer(set)
    }, from)
  }
}

class HandWatch implements Watch {
  readonly #resolver: HandResolver
  readonly #closed: () => void

  constructor(resolver: HandResolver, closed: () => void) {
    this.#resolver = resolver
    this.#closed = closed
  }

  refresh(): void {
    this.#resolver.refreshes += 1
  }

  get seenAt(): number {
    return this.#resolver.seenAt
  }

  get completeAnswers(): number {
    return this.#resolver.completeAnswers
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed()
  }
}

function canonical(text: string): string {
  return formatTarget(parseTarget(text))
}
