/**
 * The drop-in: a Dispatcher for all origins. Names that the resolver claims are balanced, everything else goes where it went before.
 */
import {
  events,
  formatTarget,
  invalidOption,
  readTarget,
  type Target,
  type UpstreamInspection,
  type Upstreams,
} from '@evenkeel/core'
import { Dispatcher, getGlobalDispatcher } from 'undici'
import { modernHandler, modernOptions } from './built-in.ts'
import { makeComposable } from './composable.ts'
import { BalancedDispatcher } from './dispatcher.ts'
import type { ExchangeOptions } from './exchange/request-options.ts'
import { handOver } from './handed-over.ts'
import { closedError, type HttpOptions, readSettings, readShared, type SharedOptions } from './options.ts'
import { RecentlyUsed } from './recently-used.ts'

/** Options of `BalancedAgent`. */
export type BalancedAgentOptions = HttpOptions &
  SharedOptions & {
    /** Where names go that are not claimed. @defaultValue undici's global dispatcher at the time the agent is made */
    readonly passThrough?: Dispatcher | undefined
    /** The domain of the cluster. @defaultValue 'cluster.local' */
    readonly clusterDomain?: string | undefined
  }

// Origins whose route is remembered, and services that are kept open: as many as upstreams are kept.
const maxRoutes = 1_000

/** One per service that is open. */
interface Route {
  readonly service: string
  readonly dispatcher: BalancedDispatcher
}

/**
 * Routes by origin. A claimed name goes through, too, while its Service is absent or discovery has never worked; that is told once per name on
 * `evenkeel:pass-through`.
 *
 * @example
 * ```ts run
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { staticEndpoints } from '@evenkeel/core'
 * import { BalancedAgent } from '@evenkeel/http-transport'
 * import { fetch } from 'undici'
 *
 * const server = createServer((_, answer) => answer.end('three users')).listen(0, '127.0.0.1')
 * await once(server, 'listening')
 * const { port } = server.address() as AddressInfo
 * const agent = new BalancedAgent({ resolver: staticEndpoints({ 'user-service': [`127.0.0.1:${port}`] }) })
 * const answer = await fetch(`http://user-service:${port}/users`, { dispatcher: agent })
 * console.log(await answer.text())
 * await agent.close()
 * server.close()
 * ```
 * ```text
 * three users
 * ```
 */
export class BalancedAgent extends Dispatcher {
  readonly #options: HttpOptions & { readonly upstreams: Upstreams }
  readonly #own: boolean
  readonly #clusterDomain: string | undefined
  readonly #passThrough: Dispatcher
  /** Balanced, by origin as it was written. */
  readonly #routes = new RecentlyUsed<Route>(maxRoutes, (route) => this.#unrouted(route))
  /** Passed through, by origin. A process that asks ever new names must not push its services out. */
  readonly #passes = new RecentlyUsed<true>(maxRoutes, () => {})
  /** Each has at least one route, so these are bounded as well. */
  readonly #services = new Map<string, Route>()
  /** Let go of, with requests under way. */
  readonly #leaving = new Set<BalancedDispatcher>()
  readonly #told = new Set<string>()
  #closing: Promise<void> | undefined
  #destroyed = false

  /** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  constructor(options: BalancedAgentOptions) {
    super()
    makeComposable(this)
    const { passThrough = getGlobalDispatcher(), clusterDomain } = options
    if (typeof passThrough?.dispatch !== 'function') throw invalidOption('passThrough', passThrough, 'a Dispatcher')
    // Refuses a domain that is none now rather than at the first request.
    readTarget('service', { clusterDomain })
    const { shared, own } = readShared(options)
    readSettings(options, shared.clock)
    this.#options = { ...options, upstreams: shared }
    this.#own = own
    this.#clusterDomain = clusterDomain
    this.#passThrough = passThrough
  }

  /** Whether `close` or `destroy` has been called. */
  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** Whether `destroy` has been called. */
  get destroyed(): boolean {
    return this.#destroyed
  }

  /** Limits of what a WebSocket receives, which undici asks its dispatcher for: those from before the agent. */
  get webSocketOptions(): unknown {
    return (this.#passThrough as { readonly webSocketOptions?: unknown }).webSocketOptions
  }

  /** Limits of what an EventSource receives, likewise. */
  get eventSourceOptions(): unknown {
    return (this.#passThrough as { readonly eventSourceOptions?: unknown }).eventSourceOptions
  }

  /** The services that were asked for, as this process sees them. */
  inspect(): readonly UpstreamInspection[] {
    return [...this.#services.values()].map(({ dispatcher }) => dispatcher.inspect())
  }

  override dispatch(options: ExchangeOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { origin } = options
    const text = typeof origin === 'string' ? origin : (origin?.origin ?? '')
    if (this.closed) return refuse(handler, closedError(text))
    let route = this.#routes.get(text)
    if (route === undefined && this.#passes.get(text) === undefined) {
      try {
        route = this.#route(text)
      } catch (error) {
        // Shared upstreams that were closed, or a resolver of the user's own that throws.
        return refuse(handler, error as Error)
      }
    }
    if (route !== undefined) return route.dispatcher.dispatch(options, handler)
    const modern = modernHandler(handler)
    return this.#passThrough.dispatch(modernOptions(options, modern !== handler), modern)
  }

  /** Takes no new requests and waits for those under way. The pass-through dispatcher is not ours: it stays open, and what it has is not waited for. */
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
    else for (const dispatcher of this.#open()) void dispatcher.destroy(reason)
    const ended = this.#closing as Promise<void>
    if (done !== undefined) void ended.then(done)
    return ended
  }

  async #end(end: (dispatcher: BalancedDispatcher) => Promise<void>): Promise<void> {
    await Promise.all(this.#open().map(end))
    if (this.#own) await this.#options.upstreams[Symbol.asyncDispose]()
  }

  #open(): readonly BalancedDispatcher[] {
    return [...[...this.#services.values()].map(({ dispatcher }) => dispatcher), ...this.#leaving]
  }

  /** Decides about an origin that was not seen lately; undefined: passed through. */
  #route(origin: string): Route | undefined {
    const target = this.#targetOf(origin)
    if (target === undefined) {
      this.#passes.set(origin, true)
      return undefined
    }
    const route = this.#routeTo(target)
    this.#routes.set(origin, route)
    return route
  }

  /**
   * The claimed target of an origin. The port is the URL's; where none is written it is the scheme's, if the resolver knows that port, else the only
   * port of the Service: a Service with the ports 80 and 9090 is asked on 80.
   */
  #targetOf(origin: string): Target | undefined {
    if (!URL.canParse(origin)) return undefined
    const { protocol, host } = new URL(origin)
    if (protocol !== 'http:' && protocol !== 'https:') return undefined
    const target = readTarget(host, { clusterDomain: this.#clusterDomain })
    if (target === undefined) return undefined
    const { upstreams } = this.#options
    const { port = protocol === 'https:' ? 443 : 80 } = target
    return [{ ...target, port }, target].find((asked) => upstreams.claims(asked))
  }

  #routeTo(target: Target): Route {
    const service = formatTarget(target)
    const known = this.#services.get(service)
    if (known !== undefined) return known
    const passThrough = (reason: string): Dispatcher => this.#pass(service, reason)
    const dispatcher = new BalancedDispatcher(target, handOver({ ...this.#options }, { passThrough }))
    const route = { service, dispatcher }
    this.#services.set(service, route)
    return route
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

  /** An origin was unused longest. If it was the last one of its service, that is closed; requests under way end by themselves. */
  #unrouted(route: Route): void {
    for (const other of this.#routes.values()) if (other === route) return
    const { service, dispatcher } = route
    this.#services.delete(service)
    this.#leaving.add(dispatcher)
    void dispatcher.close().finally(() => this.#leaving.delete(dispatcher))
  }
}

function refuse(handler: Dispatcher.DispatchHandler, error: Error): boolean {
  modernHandler(handler).onResponseError?.(null as never, error)
  return false
}
