/**
 * The drop-in: a Dispatcher for all origins. Names that the resolver claims are balanced, everything else goes where it went before.
 */
import { events, formatTarget, readTarget, type Target, type UpstreamInspection, type Upstreams } from '@evenkeel/core'
import { Dispatcher, getGlobalDispatcher } from 'undici'
import { adapt, BalancedDispatcher } from './dispatcher.ts'
import type { ExchangeOptions } from './exchange/exchange.ts'
import { closedError, type HttpOptions, readSettings, readShared, type SharedOptions } from './options.ts'

/** Options of `BalancedAgent`. */
export type BalancedAgentOptions = HttpOptions &
  SharedOptions & {
    /** Where names go that are not claimed. @defaultValue undici's global dispatcher at the time the agent is made */
    readonly passThrough?: Dispatcher | undefined
    /** @defaultValue 'cluster.local' */
    readonly clusterDomain?: string | undefined
  }

// Origins whose route is remembered, and services that are kept open: as many as upstreams are kept.
const maxRoutes = 1_000

type Route = { readonly dispatcher: BalancedDispatcher; readonly service: string } | { readonly dispatcher: undefined }
const passes: Route = { dispatcher: undefined }

/**
 * Routes by origin. A claimed name goes through, too, while its Service is absent or discovery has never worked; that is told once per name on
 * `evenkeel:pass-through`.
 */
export class BalancedAgent extends Dispatcher {
  readonly #options: HttpOptions & { readonly upstreams: Upstreams }
  readonly #own: boolean
  readonly #clusterDomain: string | undefined
  readonly #passThrough: Dispatcher
  /** By origin, in the order of use. */
  readonly #routes = new Map<string, Route>()
  /** By service, in the order of use. */
  readonly #dispatchers = new Map<string, BalancedDispatcher>()
  readonly #told = new Set<string>()
  #closing: Promise<void> | undefined
  #destroyed = false

  /** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  constructor(options: BalancedAgentOptions) {
    super()
    const { passThrough = getGlobalDispatcher(), clusterDomain } = options
    const { shared, own } = readShared(options)
    readSettings(options, shared.clock)
    this.#options = { ...options, upstreams: shared }
    this.#own = own
    this.#clusterDomain = clusterDomain
    this.#passThrough = passThrough
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  get destroyed(): boolean {
    return this.#destroyed
  }

  /** The services that were asked for, as this process sees them. */
  inspect(): readonly UpstreamInspection[] {
    return [...this.#dispatchers.values()].map((dispatcher) => dispatcher.inspect())
  }

  override dispatch(options: ExchangeOptions, handler: Dispatcher.DispatchHandler): boolean {
    const modern = typeof handler.onRequestStart === 'function' ? handler : adapt(handler)
    const { origin } = options
    const text = typeof origin === 'string' ? origin : (origin?.origin ?? '')
    if (this.closed) {
      modern.onResponseError?.(null as never, closedError(text))
      return false
    }
    const route = this.#routes.get(text) ?? this.#route(text)
    // The original handler: the other dispatcher may know its interface better.
    if (route.dispatcher === undefined) return this.#passThrough.dispatch(options, modern)
    return route.dispatcher.dispatch(options, modern)
  }

  /** Takes no new requests and waits for those under way. The pass-through dispatcher is not ours and stays open. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | void {
    this.#closing ??= this.#end((dispatcher) => dispatcher.close())
    if (callback === undefined) return this.#closing
    void this.#closing.then(callback)
  }

  /** Ends all requests under way with the error. */
  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> {
    const reason = typeof error === 'function' ? null : (error ?? null)
    const done = typeof error === 'function' ? error : callback
    this.#destroyed = true
    const closing = this.#closing
    if (closing === undefined) this.#closing = this.#end((dispatcher) => dispatcher.destroy(reason))
    else for (const dispatcher of this.#dispatchers.values()) void dispatcher.destroy(reason)
    const ended = this.#closing as Promise<void>
    if (done !== undefined) void ended.then(done)
    return ended
  }

  async #end(end: (dispatcher: BalancedDispatcher) => Promise<void>): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map(end))
    if (this.#own) await this.#options.upstreams[Symbol.asyncDispose]()
  }

  /** Decides about an origin that was not seen lately. */
  #route(origin: string): Route {
    const target = this.#targetOf(origin)
    const route = target !== undefined && this.#options.upstreams.claims(target) ? this.#open(target) : passes
    if (this.#routes.size >= maxRoutes) this.#routes.delete(this.#routes.keys().next().value as string)
    this.#routes.set(origin, route)
    return route
  }

  #open(target: Target): Route {
    const service = formatTarget(target)
    let dispatcher = this.#dispatchers.get(service)
    if (dispatcher === undefined) {
      if (this.#dispatchers.size >= maxRoutes) this.#letGo()
      dispatcher = BalancedDispatcher.forAgent(target, { ...this.#options }, (reason) => this.#pass(service, reason))
      this.#dispatchers.set(service, dispatcher)
    }
    return { dispatcher, service }
  }

  #targetOf(origin: string): Target | undefined {
    if (!URL.canParse(origin)) return undefined
    const { protocol, host } = new URL(origin)
    if (protocol !== 'http:' && protocol !== 'https:') return undefined
    return readTarget(host, { clusterDomain: this.#clusterDomain })
  }

  #pass(service: string, reason: string): Dispatcher {
    const key = `${service} ${reason}`
    if (events.passThrough.hasSubscribers && !this.#told.has(key)) {
      if (this.#told.size >= maxRoutes) this.#told.clear()
      this.#told.add(key)
      events.passThrough.publish({ service, reason })
    }
    return this.#passThrough
  }

  /** The service that was opened first goes, and its routes with it; requests under way end by themselves. */
  #letGo(): void {
    const [service, dispatcher] = this.#dispatchers.entries().next().value as [string, BalancedDispatcher]
    this.#dispatchers.delete(service)
    for (const [origin, route] of this.#routes) if (route.dispatcher === dispatcher) this.#routes.delete(origin)
    void dispatcher.close()
  }
}
