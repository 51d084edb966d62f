/**
 * The one implementation of an upstream: joins membership, tier, standings, debts, the pick book and the waiting line. Each of them decides; this file only
 * connects them.
 */
import type { AwakeTime } from '../../awake-time.ts'
import { RetryRules } from '../../calling/attempts.ts'
import { type Balancer, type BalancerHost, type BalancerOptions, LiveBalancer } from '../../calling/balancer.ts'
import type { Call } from '../../calling/call.ts'
import type { Gate } from '../../calling/gate.ts'
import type { Outcome } from '../../calling/outcome.ts'
import type { Answer, Reason } from '../../calling/pick.ts'
import { PickBook, type PickBookOwner, type TrialResult } from '../../calling/pick-book.ts'
import type { LineBound } from '../../calling/waiting-line.ts'
import type { Chooser } from '../../choosing/chooser.ts'
import type { EndpointSet } from '../../discovery/endpoint-set.ts'
import type { Watch } from '../../discovery/resolver.ts'
import { formatTarget } from '../../discovery/target.ts'
import { events } from '../../events.ts'
import type { Stage } from '../../narrowing/stage.ts'
import { TerminationTier } from '../../narrowing/termination-tier.ts'
import { isLeaving, type LivePeer, type PeerLimit } from '../peer.ts'
import { Debts } from '../standing/debts.ts'
import { Standings, type StandingsOwner } from '../standing/standings.ts'
import type { PeerListener, Upstream, UpstreamInspection, UpstreamParts } from '../upstream.ts'
import { Fan } from './fan.ts'
import { inspectPeer } from './inspect-peer.ts'
import { Membership, type MembershipOwner } from './membership.ts'
import { Patience } from './patience.ts'
import { PeerNews } from './peer-news.ts'
import { Trackers } from './trackers.ts'

const nothingYet: EndpointSet = Object.freeze({
  version: -1,
  status: 'pending',
  error: undefined,
  endpoints: [],
  base: undefined,
  changed: [],
  removed: [],
})

/** Made by `upstreams(...)`. */
export class LiveUpstream implements Upstream, BalancerHost, PickBookOwner, MembershipOwner, StandingsOwner {
  readonly service: string
  readonly attempts: RetryRules
  readonly bound: LineBound
  readonly awake: AwakeTime
  set: EndpointSet = nothingYet
  wasOk = false
  closed = false
  readonly #parts: UpstreamParts
  readonly #limit: PeerLimit = { perPeer: Number.POSITIVE_INFINITY }
  readonly #book: PickBook
  readonly #trackers: Trackers
  readonly #membership: Membership
  readonly #debts = new Debts()
  readonly #fan = new Fan()
  readonly #standings: Standings
  readonly #tier: TerminationTier
  readonly #patience: Patience
  readonly #news: PeerNews
  readonly #balancers: LiveBalancer[] = []
  readonly #watch: Watch
  readonly #opened: (uses: 1 | -1) => void

  constructor(parts: UpstreamParts, opened: (uses: 1 | -1) => void) {
    this.#parts = parts
    this.#opened = opened
    this.awake = parts.awake
    this.service = formatTarget(parts.target)
    this.#news = new PeerNews(this.service)
    this.bound = { waiting: 0, maxWaiting: parts.maxWaiting, came: 0 }
    this.#patience = new Patience(parts.clock, parts.firstSetMs, parts.failfastMs)
    this.#standings = new Standings(this.#fan, this)
    this.#tier = new TerminationTier(this.#standings)
    this.#membership = new Membership(this, this.#limit)
    this.#book = new PickBook(parts.awake, this)
    this.#trackers = new Trackers(
      this.#book,
      parts,
      this.#standings,
      (peer) => this.owe(peer as LivePeer),
      this.#membership,
    )
    this.attempts = new RetryRules(this.service, parts.clock, parts.random, () => this.#fan.openSize, parts.retry)
    this.#watch = parts.resolver.watch(parts.target, (set) => this.#observe(set))
  }

  balancer(options: BalancerOptions): Balancer {
    const balancer = new LiveBalancer(
      this,
      options,
      { policies: this.#trackers.kit, world: { clock: this.#parts.clock, self: this.#parts.self } },
      () => {
        this.#balancers.splice(this.#balancers.indexOf(balancer), 1)
        this.#limit.perPeer = LiveBalancer.lowestLimit(this.#balancers)
        this.#opened(-1)
      },
    )
    this.#balancers.push(balancer)
    this.#limit.perPeer = LiveBalancer.lowestLimit(this.#balancers)
    this.#opened(1)
    return balancer
  }

  watch(listener: PeerListener): Disposable {
    return this.#news.add(listener, this.#membership.peers, this.set === nothingYet ? undefined : this.set)
  }

  report(peer: LivePeer, outcome: Outcome): void {
    this.#trackers.reported(peer, outcome)
  }

  refresh(): void {
    this.#watch.refresh()
  }

  discoveryAgeMs(): number {
    // What a source saw a moment ago may have been read from a clock that is a little ahead.
    return Math.max(0, this.#parts.clock.now() - this.#watch.seenAt)
  }

  lagMs(): number {
    return this.#parts.awake.lostMs()
  }

  inspect(): UpstreamInspection {
    const now = this.awakeNow()
    const peers = [...this.#membership.peers].map((peer) =>
      inspectPeer(peer, now, this.#standings.why(peer), this.#debts.has(peer), this.#trackers.loads, this.#balancers),
    )
    const { status, error } = this.set
    return {
      target: this.service,
      status,
      error,
      seenMsAgo: this.discoveryAgeMs(),
      peers,
      waiting: this.bound.waiting,
      budgetLeft: this.attempts.budget.left(this.now()),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return
    this.closed = true
    for (const balancer of [...this.#balancers]) await balancer[Symbol.asyncDispose]()
    await this.#watch[Symbol.asyncDispose]()
    this.#membership.clear()
    this.#trackers[Symbol.dispose]()
    this.#news[Symbol.dispose]()
  }

  // What balancers ask.

  attach(stage: Stage, choosers: readonly Chooser[]): Disposable {
    this.#trackers.addChoosers(choosers)
    const detach = this.#fan.attach(stage)
    return {
      [Symbol.dispose]: () => {
        detach[Symbol.dispose]()
        this.#trackers.removeChoosers(choosers)
      },
    }
  }

  trial(call: Call, gate: Gate): LivePeer | undefined {
    return this.#debts.size === 0 ? undefined : this.#debts.pay(call, this.awake.last.now, gate)
  }

  reserve(peer: LivePeer, trial: 0 | 1): Answer {
    return this.#book.reserve(peer, trial)
  }

  serve(): void {
    if (this.bound.waiting === 0) return
    // Who has waited longest is served first; a call that is served may open or close a balancer.
    const lines = this.#balancers.map(({ line }) => line).filter(({ size }) => size > 0)
    if (lines.length > 1) lines.sort((one, other) => one.since - other.since)
    for (const line of lines) line.serve()
  }

  awakeNow(): number {
    return this.#parts.awake.now()
  }

  now(): number {
    return this.#parts.clock.now()
  }

  nobody(now: number): { readonly waitMs: number; readonly reason: Reason } {
    return this.#patience.nobody(this.set.status, now)
  }

  // What the pick book, the membership and the standings say.

  trialEnded(peer: LivePeer, result: TrialResult): void {
    this.#debts.ended(peer, result, this.awakeNow())
    // A good trial clears what guards and loads remember; one of an open, feared peer is one answer among others.
    if (result === 'good' && !peer.gone && this.#standings.why(peer).length > 0) this.#trackers.forget(peer)
  }

  settled(peer: LivePeer): void {
    if (peer.gone) this.#membership.settled(peer)
    this.serve()
    // It was full, and nobody who waited took the place.
    if (peer.inFlight === this.#limit.perPeer - 1) for (const balancer of [...this.#balancers]) balancer.tell()
  }

  ended(peer: LivePeer, outcome: Outcome, ageMs: number): void {
    events.attempt.publish({ service: this.service, endpoint: peer.endpoint.locator, outcome, ms: ageMs })
  }

  joined(peer: LivePeer): void {
    const { uid } = peer.endpoint
    if (uid !== undefined) this.#parts.facts.retain(uid)
    this.#standings.reset(peer)
    this.#debts.reset(peer)
    this.#trackers.joined(peer)
    this.#appear(peer)
  }

  revived(peer: LivePeer): void {
    const { uid } = peer.endpoint
    if (uid !== undefined) this.#parts.facts.retain(uid)
    // Its guards forgot it when it left, timers and all: a vote that nobody remembers would never be taken back.
    this.#standings.reset(peer)
    this.#trackers.altered(peer)
    this.#appear(peer)
  }

  learned(uid: string): void {
    this.#parts.facts.retain(uid)
  }

  altered(peer: LivePeer): void {
    this.#trackers.altered(peer)
    this.#tier.alter(peer, 1)
    if (isLeaving(peer)) this.#news.leaving(peer)
  }

  left(peer: LivePeer): void {
    this.#tier.leave(peer)
    this.#debts.forget(peer)
    this.#trackers.left(peer)
    if (peer.endpoint.uid !== undefined) this.#parts.facts.release(peer.endpoint.uid)
    this.#news.left(peer)
  }

  owe(peer: LivePeer): void {
    this.#debts.owe(peer, this.awakeNow())
  }

  standingChanged(peer: LivePeer): void {
    this.#news.standingChanged(peer, () => this.#standings.why(peer))
  }

  #observe(set: EndpointSet): void {
    if (this.closed) return
    const before = this.set.status
    this.set = set
    if (set.status === 'ok') this.wasOk = true
    this.#membership.apply(set)
    this.#tier.flush()
    this.#patience.usable(this.#fan.size > 0)
    this.#news.set(set)
    // Calls that wait may have to hear that there is no such Service, or that nobody serves it, which is no peer's joining.
    if (set.status === before) this.serve()
    else for (const balancer of [...this.#balancers]) balancer.line.recall()
  }

  #appear(peer: LivePeer): void {
    this.#news.joined(peer)
    this.#tier.join(peer, 1)
    if (isLeaving(peer)) this.#news.leaving(peer)
  }
}
