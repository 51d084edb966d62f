/**
 * The value that a user makes once and hands to every transport, so that they share discovery, peers, guards, loads and budget. There is no registry.
 */
import { AwakeTime } from '../awake-time.ts'
import { type RetryOptions, RetryRules } from '../calling/attempts.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Resolver } from '../discovery/resolver.ts'
import { formatTarget, type Target } from '../discovery/target.ts'
import { EvenkeelError, invalidOption } from '../errors.ts'
import type { Self } from '../narrowing/narrowing.ts'
import { type Random, systemRandom } from '../random.ts'
import { consecutiveFailures } from './guard/consecutive-failures.ts'
import { drainMark } from './guard/drain-mark.ts'
import { retryAfter } from './guard/retry-after.ts'
import type { GuardFactory } from './guard.ts'
import { LiveUpstream } from './upstream/live-upstream.ts'
import { PodFacts } from './upstream/pod-facts.ts'
import type { Upstream } from './upstream.ts'

/** Options of `upstreams`. */
export interface UpstreamsOptions {
  /** Where endpoints come from. */
  readonly resolver: Resolver
  /** Who may shut a peer or mark it as leaving. @defaultValue consecutive failures, drain mark, Retry-After */
  readonly guards?: readonly GuardFactory[] | undefined
  /** Whether and when calls are tried again. @defaultValue 3 attempts; budget of 20 % and 10 per second over 10 s */
  readonly retry?: RetryOptions | undefined
  /** How long calls wait for the first list of endpoints. @defaultValue 5000 */
  readonly firstSetMs?: number | undefined
  /** How long calls wait when nobody is ready, before they fail at once (Linkerd: 3 s). @defaultValue 3000 */
  readonly failfastMs?: number | undefined
  /** Calls that may wait for an endpoint, per target. @defaultValue 1000 */
  readonly maxWaiting?: number | undefined
  /** Where this process runs. @defaultValue unknown */
  readonly self?: Partial<Self> | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
  /** Where chance comes from. @defaultValue the process's random numbers */
  readonly random?: Random | undefined
}

/** Upstreams by target. One that no balancer has used for a minute is let go, and the one longest unused earlier if there are 1,000. */
export interface Upstreams extends AsyncDisposable {
  /** Monotonic time as the upstreams see it; transports use the same. */
  readonly clock: Clock
  /** Whether the resolver answers for the target. */
  claims(target: Target): boolean
  /**
   * The upstream of the target, made at the first question.
   * @throws EvenkeelError `EVENKEEL_NOT_CLAIMED` if no resolver answers for it, `EVENKEEL_CLOSED` after closing.
   */
  of(target: Target): Upstream
}

// Bounds the memory of a process that is asked for ever new names: beyond it the one that has been unused longest is let go.
const maxUpstreams = 1_000

/**
 * Makes the shared half of all services that one resolver answers for. Dispose it at the end of the process or test.
 *
 * @example
 * ```ts run
 * import { parseTarget, staticEndpoints, upstreams } from '@evenkeel/core'
 *
 * const services = upstreams({
 *   resolver: staticEndpoints({ 'user-service': ['10.0.0.1:8080'] }),
 *   retry: { maxAttempts: 2 },
 * })
 * const users = services.of(parseTarget('user-service'))
 * console.log(users.inspect().peers.map(({ locator, standing }) => `${locator} ${standing}`).join(', '))
 * await services[Symbol.asyncDispose]()
 * ```
 * ```text
 * 10.0.0.1:8080 open
 * ```
 */
export function upstreams(options: UpstreamsOptions): Upstreams {
  return new LiveUpstreams(options)
}

// How long an upstream without a balancer is kept: a transport that is made anew meanwhile finds everything that was learnt.
const lingerMs = 60_000

interface Entry {
  readonly upstream: LiveUpstream
  /** Balancers open on it. */
  uses: number
  /** Runs while there are none. */
  linger: Disposable | undefined
}

class LiveUpstreams implements Upstreams {
  readonly clock: Clock
  readonly #options: Omit<ConstructorParameters<typeof LiveUpstream>[0], 'target'>
  readonly #awake: AwakeTime
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>()
  #closed = false

  constructor(options: UpstreamsOptions) {
    const { resolver, guards = [consecutiveFailures(), drainMark(), retryAfter()], retry = {}, self = {} } = options
    const {
      firstSetMs = 5_000,
      failfastMs = 3_000,
      maxWaiting = 1_000,
      clock = systemClock,
      random = systemRandom,
    } = options
    if (typeof resolver?.watch !== 'function')
      throw invalidOption('resolver', resolver, 'a resolver, such as staticEndpoints({ … })')
    if (!(firstSetMs >= 0)) throw invalidOption('firstSetMs', firstSetMs, '>= 0')
    if (!(failfastMs >= 0)) throw invalidOption('failfastMs', failfastMs, '>= 0')
    if (!(maxWaiting >= 0)) throw invalidOption('maxWaiting', maxWaiting, '>= 0')
    // Each upstream makes its own; a mistake is told here rather than at the first call.
    new RetryRules('', clock, random, () => 0, retry)
    const { zone, node, uid } = self
    this.clock = clock
    this.#awake = new AwakeTime(clock)
    this.#options = {
      resolver,
      guards,
      retry,
      firstSetMs,
      failfastMs,
      maxWaiting,
      clock,
      random,
      awake: this.#awake,
      facts: new PodFacts(),
      self: { zone, node, uid },
    }
  }

  claims(target: Target): boolean {
    return this.#options.resolver.claims(target)
  }

  of(target: Target): Upstream {
    const service = formatTarget(target)
    if (this.#closed)
      throw new EvenkeelError('EVENKEEL_CLOSED', 'the upstreams were closed', { service, fault: 'caller' })
    let entry = this.#entries.get(service)
    if (entry === undefined) {
      if (!this.claims(target))
        throw new EvenkeelError('EVENKEEL_NOT_CLAIMED', 'no resolver answers for the target', {
          service,
          fault: 'caller',
        })
      entry = this.#open(service, target)
    } else this.#entries.delete(service)
    this.#entries.set(service, entry)
    return entry.upstream
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const { upstream, linger } of entries) {
      linger?.[Symbol.dispose]()
      await upstream[Symbol.asyncDispose]()
    }
    this.#awake[Symbol.dispose]()
  }

  #open(service: string, target: Target): Entry {
    if (this.#entries.size >= maxUpstreams) this.#letGoOldest()
    const upstream = new LiveUpstream({ ...this.#options, target }, (uses) => {
      entry.uses += uses
      entry.linger?.[Symbol.dispose]()
      entry.linger = entry.uses === 0 ? this.#linger(service, entry) : undefined
    })
    const entry: Entry = { upstream, uses: 0, linger: undefined }
    entry.linger = this.#linger(service, entry)
    return entry
  }

  #linger(service: string, entry: Entry): Disposable | undefined {
    return this.#closed ? undefined : this.clock.after(lingerMs, () => this.#letGo(service, entry))
  }

  /** The one that has been unused longest goes. If all are in use the bound gives way: a working transport is never cut off. */
  #letGoOldest(): void {
    for (const [service, entry] of this.#entries) {
      if (entry.uses > 0) continue
      this.#letGo(service, entry)
      return
    }
  }

  #letGo(service: string, entry: Entry): void {
    if (this.#entries.get(service) === entry) this.#entries.delete(service)
    entry.linger?.[Symbol.dispose]()
    entry.linger = undefined
    void entry.upstream[Symbol.asyncDispose]()
  }
}
