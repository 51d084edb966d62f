/**
 * A list of upstreams by hand, balanced: what undici's BalancedPool is for, over the balancer of this package. It is a BalancedDispatcher that brings its
 * own discovery and speaks as undici's pools do.
 *
 * Host, SNI and certificate check are those of each upstream, as with undici, since a plain list has no name of its own; with `origin` all upstreams are
 * asked as that one.
 */
import { readTarget, type Standing, type UpstreamsOptions } from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import { bindMethods } from './composable.ts'
import { BalancedDispatcher, type BalancedDispatcherOptions } from './dispatcher.ts'
import { type PoolStats, statsOf, upstreamStatsOf } from './endpoint-pool/pool-stats.ts'
import { PoolVoice } from './endpoint-pool/pool-voice.ts'
import { refuseUndiciOptions } from './endpoint-pool/undici-options.ts'
import { readOrigin, type UpstreamInput, UpstreamList } from './endpoint-pool/upstream-list.ts'
import type { ExchangeOptions } from './exchange/request-options.ts'
import type { Service } from './exchange/service.ts'
import { handOver } from './handed-over.ts'
import type { HttpOptions } from './options.ts'

export type { PoolStats } from './endpoint-pool/pool-stats.ts'
export type { UpstreamInput, UpstreamOptions } from './endpoint-pool/upstream-list.ts'

/** Options of `EndpointPool`. */
export interface EndpointPoolOptions extends HttpOptions, Omit<UpstreamsOptions, 'resolver'> {
  /** The origin as which every upstream is asked: Host, SNI and certificate check are its. The `origin` of a request never counts. @defaultValue each upstream's own */
  readonly origin?: string | URL | undefined
  /** What errors and events call the pool; a target such as `user-service:8080`. @defaultValue the host of `origin`, else `'endpoint-pool'` */
  readonly service?: string | undefined
}

/** One upstream as the pool sees it now. */
export interface PoolUpstream {
  /** Scheme, host and port, as a URL's `origin` is written; what `removeUpstream` takes. */
  readonly origin: string
  /** Relative draw weight; equal weights are equal shares. */
  readonly weight: number
  /** `shut` and `leaving` ones get nothing while others are there. */
  readonly standing: Standing
  /** Names of the guards that speak against it. */
  readonly why: readonly string[]
  /** Its connections and requests. */
  readonly stats: PoolStats
}

/**
 * Takes the place of `BalancedPool`, and of `RoundRobinPool` where each connection was meant to reach another pod: works wherever undici takes a dispatcher.
 *
 * Events, each with the URL of the upstream and `[pool, client]`: `connect`, `disconnect` and `connectionError` (both with the error), and `drain` once no
 * request waits any more after `dispatch` gave `false`.
 */
export class EndpointPool extends BalancedDispatcher {
  readonly #list: UpstreamList
  readonly #voice: PoolVoice

  /**
   * @param upstreams One or several; without any, requests wait for `addUpstream` for `failfastMs`, then fail with `EVENKEEL_NO_ENDPOINTS`.
   * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for what is no origin, for two schemes, for an option not accepted, also one that only undici has;
   * `EVENKEEL_INVALID_TARGET` for a service that is none
   */
  constructor(upstreams: UpstreamInput | readonly UpstreamInput[] = [], options: EndpointPoolOptions = {}) {
    refuseUndiciOptions(options)
    const origin = options.origin === undefined ? undefined : readOrigin(options.origin, 'origin')
    const { service = readTarget(origin?.host ?? '') === undefined ? 'endpoint-pool' : (origin?.host as string) } =
      options
    const list = new UpstreamList(service, origin?.protocol)
    const inputs = Array.isArray(upstreams) ? upstreams : [upstreams]
    for (const [at, input] of inputs.entries()) list.add(input, `upstreams[${at}]`)
    const voice = new PoolVoice(list, origin?.origin)
    super(service, handOver<BalancedDispatcherOptions>({ ...options, resolver: list.resolver }, { hooks: voice }))
    this.#list = list
    this.#voice = voice
    voice.pool = this
    const { addUpstream, removeUpstream, getUpstream } = this
    bindMethods(this, { addUpstream, removeUpstream, getUpstream })
  }

  /** Origins of the upstreams, in the order in which they came. */
  get upstreams(): string[] {
    return [...this.#list.origins]
  }

  /** True after `destroy`, and once `close` has left nothing. */
  override get destroyed(): boolean {
    return super.destroyed || this.#voice.service?.closed === true
  }

  /** Connections and requests of all upstreams. */
  override get stats(): PoolStats {
    return statsOf(this.#voice.service as Service)
  }

  /** Adds an upstream, which may get the next request. One that is there stays as it is, but for its weight if one is given. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  addUpstream(upstream: UpstreamInput): this {
    this.#list.add(upstream, 'upstream')
    return this
  }

  /** Takes an upstream out: it gets nothing more, its idle connections are closed, its requests under way end by themselves. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  removeUpstream(upstream: string | URL): this {
    this.#list.remove(upstream)
    return this
  }

  /** What the pool knows of an upstream now; undefined for one that it does not have. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  getUpstream(upstream: string | URL): PoolUpstream | undefined {
    const { origin } = readOrigin(upstream, 'upstream')
    const endpoint = this.#list.get(origin)
    if (endpoint === undefined) return undefined
    const { locator, weight } = endpoint
    const peer = this.inspect().peers.find((peer) => peer.locator === locator)
    const { standing = 'open', why = [], inFlight = 0 } = peer ?? {}
    const stats = upstreamStatsOf(this.#voice.service as Service, locator, inFlight)
    return { origin, weight, standing, why, stats }
  }

  /** @returns whether no request waits for an upstream; after `false` the event `drain` tells when that is so again */
  override dispatch(options: ExchangeOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!super.dispatch(options, handler)) return false
    return this.#voice.flows()
  }
}
