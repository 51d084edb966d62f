/**
 * What all grpc-js channels of one `balancedChannel(...)` share: the upstream and its balancer, the settings, and who is under way.
 */
import { answeredLeaving, type Balancer, type Clock, type Peer, systemWallTime, type Upstream } from '@evenkeel/core'
import type { ChannelOptions, Deadline, experimental } from '@grpc/grpc-js'
import { HeadLine } from './calling/head-line.ts'
import { Selector } from './calling/selector.ts'
import { Sleepers } from './calling/sleepers.ts'
import { ChannelPolicy } from './connecting/channel-policy.ts'
import { HealthNarrowing } from './connecting/health-narrowing.ts'
import type { MethodConfigs } from './judging/method-configs.ts'
import type { Settings } from './options.ts'
import type { PolicyHalf, SurfaceHub } from './surface/hub.ts'

// Two connections closed within this time are no coincidence; the same as for HTTP's `Connection: close`.
const closeSignMs = 1_000

/** One per `balancedChannel`. */
export class Hub implements SurfaceHub {
  readonly authority: string
  /** Discovery, peers and rules. */
  readonly upstream: Upstream
  /** What the user set. */
  readonly settings: Settings
  /** The upstream's. */
  readonly clock: Clock
  readonly methods: MethodConfigs
  /** Who picks. */
  readonly balancer: Balancer
  /** Heads that have come alone. */
  readonly heads: HeadLine
  /** Calls that wait for ready. */
  readonly sleepers: Sleepers
  readonly selector: Selector
  /** undefined: nobody is asked. */
  readonly health: HealthNarrowing | undefined
  readonly #policies = new Set<ChannelPolicy>()
  readonly #ending = new WeakSet<object>()
  readonly #goaways = new WeakMap<Peer, number>()
  /** No new calls. */
  closing = false
  #active = 0
  #idle: (() => void) | undefined

  constructor(authority: string, upstream: Upstream, settings: Settings, methods: MethodConfigs) {
    this.authority = authority
    this.upstream = upstream
    this.settings = settings
    this.clock = settings.clock
    this.methods = methods
    this.health = settings.healthService === undefined ? undefined : new HealthNarrowing()
    const { balancer } = settings
    const narrowings = this.health === undefined ? balancer.narrowings : [...balancer.narrowings, this.health]
    this.balancer = upstream.balancer({ ...balancer, narrowings })
    this.heads = new HeadLine(this.clock)
    this.sleepers = new Sleepers(this.balancer)
    this.selector = new Selector(this)
  }

  /** Traces of grpc-js print options. */
  toJSON(): string {
    return this.authority
  }

  /** Calls under way. */
  get active(): number {
    return this.#active
  }

  openPolicy(helper: experimental.ChannelControlHelper, options: ChannelOptions): PolicyHalf {
    const policy = new ChannelPolicy(this, helper, options)
    this.#policies.add(policy)
    return policy
  }

  /** Its channel was closed, or is idle. */
  policyGone(policy: ChannelPolicy): void {
    this.#policies.delete(policy)
  }

  /** A deadline of gRPC, which is wall time, on the clock of the balancer. */
  monotonic(deadline: Deadline): number {
    if (deadline === Number.POSITIVE_INFINITY) return deadline
    return this.clock.now() + (Number(deadline) - systemWallTime())
  }

  /** A call begins. */
  enter(): void {
    this.#active++
  }

  /** A call is over. */
  leave(): void {
    this.#active--
    if (this.#active === 0) this.#idle?.()
  }

  /** From now on new calls are refused. */
  refuse(): void {
    this.closing = true
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    if (this.#active === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
    })
  }

  /** A peer that may be called, for a connection in advance: the first that is open. */
  anyPeer(found: (peer: Peer) => void): void {
    let peer: Peer | undefined
    const listening = this.upstream.watch({
      joined: (one) => {
        if (peer === undefined && one.standing === 'open' && this.balancer.share(one) > 0) peer = one
      },
    })
    listening[Symbol.dispose]()
    if (peer !== undefined) found(peer)
  }

  /** The server said that it is going. */
  reportLeaving(peer: Peer): void {
    this.upstream.report(peer, answeredLeaving)
  }

  /** A GOAWAY alone is routine (connection ages): it ends its connection. Two within a second are a sign that the peer is going. */
  goawaySaid(peer: Peer, session: object): void {
    // Clients of one channel share sessions, and each hears of it.
    if (this.#ending.has(session)) return
    this.#ending.add(session)
    const now = this.clock.now()
    const before = this.#goaways.get(peer)
    this.#goaways.set(peer, now)
    if (before !== undefined && now - before <= closeSignMs) this.reportLeaving(peer)
  }

  /** Leaves no timer, socket or listener. */
  async close(): Promise<void> {
    for (const policy of [...this.#policies]) policy.destroy()
    this.heads[Symbol.dispose]()
    this.sleepers[Symbol.dispose]()
    await this.balancer[Symbol.asyncDispose]()
  }
}
