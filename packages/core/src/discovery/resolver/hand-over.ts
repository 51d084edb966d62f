/**
 * Which of two sources is heard, and how carefully. `fallback` tells the rules to users; here is how they are kept.
 */
import type { Clock } from '../../clock.ts'
import { EvenkeelError } from '../../errors.ts'
import { type Change, FollowedSet } from '../followed-set.ts'
import { isForbidden } from '../forbidden.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import { SetPublisher } from '../set-publisher.ts'
import { formatTarget, type Target } from '../target.ts'

/** What one hand-over needs. */
export interface HandOverOptions {
  readonly a: Resolver
  readonly b: Resolver
  readonly target: Target
  readonly observer: Observer
  readonly staleMs: number
  readonly clock: Clock
}

interface Source {
  readonly set: FollowedSet
  watch: Watch | undefined
}

/**
 * - `follow`: publish exactly what the source says.
 * - `hold`: the source in charge fails, so keep the list and call it stale.
 * - `lean`: take what the source adds, and let go only of what two of its complete answers lack.
 */
interface Way {
  readonly kind: 'follow' | 'hold' | 'lean'
  readonly source: Source
}

// How often a source is asked again while something waits to be missed twice: the TTL that CoreDNS gives by default.
const askAgainMs = 5_000

/** The watch of `fallback` over two sources that both answer for the target. */
export class HandOver implements Watch {
  readonly #publisher: SetPublisher
  readonly #target: Target
  readonly #staleMs: number
  readonly #clock: Clock
  readonly #a: Source = { set: new FollowedSet(), watch: undefined }
  readonly #b: Source = { set: new FollowedSet(), watch: undefined }
  #way: Way = { kind: 'follow', source: this.#b }
  #aWasOk = false
  #overdue = false
  #staleTimer: Disposable | undefined
  #askTimer: Disposable | undefined
  // While leaning: what is kept though the source lacks it -> the number of complete answers at which it goes.
  readonly #kept = new Map<string, number>()
  #answersBefore = 0
  #closed = false

  constructor(options: HandOverOptions) {
    const { a, b, target, observer, staleMs, clock } = options
    this.#publisher = new SetPublisher(observer)
    this.#target = target
    this.#staleMs = staleMs
    this.#clock = clock
    this.#a.watch = this.#open(a, this.#a)
    this.#b.watch = this.#open(b, this.#b)
    this.#decide(undefined, nothing)
  }

  refresh(): void {
    this.#a.watch?.refresh()
    this.#b.watch?.refresh()
  }

  get seenAt(): number {
    return this.#way.source.watch?.seenAt ?? Number.NEGATIVE_INFINITY
  }

  get completeAnswers(): number {
    return this.#answersBefore + answersOf(this.#way.source)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#staleTimer?.[Symbol.dispose]()
    this.#askTimer?.[Symbol.dispose]()
    await Promise.all([this.#a.watch?.[Symbol.asyncDispose](), this.#b.watch?.[Symbol.asyncDispose]()])
  }

  #open(resolver: Resolver, source: Source): Watch {
    return resolver.watch(this.#target, (set) => {
      if (this.#closed) return
      const change = source.set.take(set)
      if (source === this.#a && set.status === 'ok') this.#aWasOk = true
      // Before both are open there is nothing to choose between; the constructor decides then.
      if (this.#b.watch !== undefined) this.#decide(source, change)
    })
  }

  /** Chooses the way and publishes. `change` is what the source `heard` has just said: staying on a way costs no more than that. */
  #decide(heard: Source | undefined, change: Change): void {
    this.#keepTime()
    const way = this.#allowed(this.#wanted())
    const turned =
      way.kind !== this.#way.kind || way.source !== this.#way.source || this.#publisher.current.version === 0
    if (turned) this.#turn(way, heard)
    const { source } = way
    const all = () => ({ changed: [...source.set.endpoints.values()], removed: nothing.removed })
    const news = turned ? all() : heard === source ? change : nothing
    if (way.kind === 'hold') this.#publisher.fail(source.set.error)
    else if (way.kind === 'lean') this.#lean(source, news, turned)
    else this.#follow(source, news, turned)
  }

  #wanted(): Way {
    const a = this.#a
    const b = this.#b
    if (this.#aAnswers()) {
      const better = b.set.status === 'ok' && b.set.endpoints.size > 0 && !b.set.onlyVirtual
      return { kind: 'follow', source: a.set.onlyVirtual && better ? b : a }
    }
    if (this.#aWasOk) {
      if (isForbidden(a.set.error) || this.#overdue) return { kind: 'lean', source: b }
      return { kind: 'hold', source: a }
    }
    // `a` has never been in charge. What it says counts only if `b` has nothing, and its `absent` only if `b` cannot answer.
    const aIsAll = a.set.known && !b.set.known && (a.set.status !== 'absent' || b.set.status === 'failed')
    return { kind: 'follow', source: aIsAll ? a : b }
  }

  /** Virtual addresses alone never replace real endpoints: a new source of that kind is leaned on. */
  #allowed(way: Way): Way {
    if (way.kind !== 'follow' || !way.source.set.onlyVirtual) return way
    if (this.#way.kind === 'follow' && this.#way.source === way.source) return way
    const real = this.#publisher.current.endpoints.some((endpoint) => !endpoint.virtual)
    return real ? { kind: 'lean', source: way.source } : way
  }

  #aAnswers(): boolean {
    return this.#a.set.status === 'ok' || (this.#aWasOk && this.#a.set.status === 'absent')
  }

  #turn(way: Way, heard: Source | undefined): void {
    if (this.#publisher.current.version > 0) {
      // The count goes on from where it was; the answer that brought the turn counts.
      const { status } = way.source.set
      const brought = heard === way.source && (status === 'ok' || status === 'absent') ? 1 : 0
      if (way.source !== this.#way.source)
        this.#answersBefore += answersOf(this.#way.source) - answersOf(way.source) + brought
    }
    this.#way = way
    this.#kept.clear()
    this.#askTimer?.[Symbol.dispose]()
    this.#askTimer = undefined
  }

  #follow(source: Source, news: Change, turned: boolean): void {
    const { status, error } = source.set
    if (status === 'ok' || status === 'absent') {
      if (turned) this.#publisher.publish({ status, endpoints: news.changed })
      else this.#publisher.patch({ status, ...news })
    } else if (source.set.known) this.#publisher.patch({ status: 'stale', error, changed: news.changed })
    else if (this.#a.set.status === 'failed' && status === 'failed') this.#publisher.fail(this.#bothFailed())
    else if (this.#publisher.current.version > 0) this.#publisher.patch({ status: 'pending' })
  }

  #lean(source: Source, news: Change, turned: boolean): void {
    const { set } = source
    const answers = answersOf(source)
    if (turned) {
      // Both answers must be younger than the hand-over: an old one may have lacked what `a` has named since.
      for (const { locator } of this.#publisher.current.endpoints) {
        if (!set.endpoints.has(locator)) this.#kept.set(locator, answers + 2)
      }
    }
    for (const { locator } of news.changed) this.#kept.delete(locator)
    for (const { locator } of news.removed) this.#kept.set(locator, answers + 1)
    const complete = set.status === 'ok' || set.status === 'absent'
    const gone = complete ? this.#missedTwice(source, answers) : []
    for (const { locator } of gone) this.#kept.delete(locator)
    const trusted = complete && this.#kept.size === 0
    this.#publisher.patch({
      status: trusted ? set.status : 'stale',
      error: trusted ? undefined : (this.#other(source).set.error ?? set.error ?? this.#onlyOneAddress()),
      changed: news.changed,
      removed: gone,
    })
    if (this.#kept.size > 0 && !set.onlyVirtual) this.#askAgain(source)
  }

  #missedTwice(source: Source, answers: number): readonly { readonly locator: string }[] {
    const due = [...this.#kept].filter(([, at]) => answers >= at).map(([locator]) => ({ locator }))
    // What names a Service's virtual address knows nothing of its pods.
    return source.set.onlyVirtual ? due.filter(({ locator }) => this.#publisher.at(locator)?.virtual === true) : due
  }

  /** An equal answer is no news to hear, so the number of answers is looked at from time to time while something waits for it. */
  #askAgain(source: Source): void {
    if (this.#askTimer !== undefined || this.#closed) return
    source.watch?.refresh()
    this.#askTimer = this.#clock.after(askAgainMs, () => {
      this.#askTimer = undefined
      this.#decide(undefined, nothing)
    })
  }

  /** Starts and stops the clock on a failing `a`: from its last sign of life, if it gives one. */
  #keepTime(): void {
    if (!this.#aWasOk || this.#aAnswers()) {
      this.#staleTimer?.[Symbol.dispose]()
      this.#staleTimer = undefined
      this.#overdue = false
      return
    }
    if (this.#staleTimer !== undefined || this.#overdue) return
    const now = this.#clock.now()
    const seenAt = this.#a.watch?.seenAt ?? now
    const ageMs = Number.isFinite(seenAt) ? Math.max(0, now - seenAt) : 0
    this.#staleTimer = this.#clock.after(Math.max(0, this.#staleMs - ageMs), () => {
      this.#staleTimer = undefined
      this.#overdue = true
      this.#decide(undefined, nothing)
    })
  }

  #other(source: Source): Source {
    return source === this.#a ? this.#b : this.#a
  }

  #bothFailed(): EvenkeelError {
    const causes = [this.#a.set.error, this.#b.set.error]
    const texts = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)))
    return new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', `every resolver fails: ${texts.join('; then: ')}`, {
      service: formatTarget(this.#target),
      fault: 'discovery',
      cause: new AggregateError(causes, 'every resolver fails'),
    })
  }

  #onlyOneAddress(): EvenkeelError {
    const text = 'the resolver in charge names only a virtual address, so the endpoints known before are kept'
    return new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', text, {
      service: formatTarget(this.#target),
      fault: 'discovery',
    })
  }
}

const nothing: Change = { changed: [], removed: [] }

function answersOf(source: Source): number {
  return source.watch?.completeAnswers ?? 0
}
