/**
 * One per target: discovery, termination tier, peers, guards, standings, loads and budget. Every transport is handed the same one, so that HTTP and gRPC
 * share all of it.
 */
import type { AwakeTime } from '../awake-time.ts'
import type { Attempts, RetryOptions } from '../calling/attempts.ts'
import type { Balancer, BalancerOptions } from '../calling/balancer.ts'
import type { Outcome } from '../calling/outcome.ts'
import type { Clock } from '../clock.ts'
import type { EndpointSet, Status } from '../discovery/endpoint-set.ts'
import type { Resolver } from '../discovery/resolver.ts'
import type { Target } from '../discovery/target.ts'
import type { Self } from '../narrowing/narrowing.ts'
import type { Random } from '../random.ts'
import type { GuardFactory } from './guard.ts'
import type { Peer } from './peer.ts'
import type { Standing } from './standing.ts'
import type { PodFacts } from './upstream/pod-facts.ts'

/** Hears of peers as a transport must: to open and close connections. Called synchronously; must not throw. */
export interface PeerListener {
  /** It is there: calls may come. */
  joined?(peer: Peer): void
  /** It takes no new calls while others are there: idle connections may be closed. */
  leaving?(peer: Peer): void
  /** It is gone for good: connections close when their work has ended. */
  left?(peer: Peer): void
  /** Discovery has published a set. */
  status?(set: EndpointSet): void
}

/** What an upstream knows, for people and tools. */
export interface UpstreamInspection {
  /** The target as text. */
  readonly target: string
  /** How far the list can be trusted. */
  readonly status: Status
  /** Age of the last sign of life from discovery; Infinity before the first. */
  readonly seenMsAgo: number
  /** Why discovery fails, while it does. */
  readonly error: unknown
  /** Every peer that is known. */
  readonly peers: readonly PeerInspection[]
  /** Calls that wait for an endpoint. */
  readonly waiting: number
  /** Repeats that the budget still allows. */
  readonly budgetLeft: number
}

/** What an upstream knows of one peer. */
export interface PeerInspection {
  /** Canonical `address:port`. */
  readonly locator: string
  /** Which incarnation it is, when known. */
  readonly uid: string | undefined
  /** What Kubernetes says of it. */
  readonly condition: string
  /** The joined vote of the guards. */
  readonly standing: Standing
  /** Names of the guards that speak against it. */
  readonly why: readonly string[]
  /** Picks not yet settled. */
  readonly inFlight: number
  /** Age of the oldest silence in ms; 0 when no answer is owed. */
  readonly silentMs: number
  /** A trial is owed or under way. */
  readonly trial: boolean
  /** Cost of the next call by load. */
  readonly loads: Readonly<Record<string, number>>
  /** Share by balancer, in the order in which they were opened. */
  readonly shares: readonly number[]
}

/** The shared half of a service, as transports see it. */
export interface Upstream extends AsyncDisposable {
  /** The target as text. */
  readonly service: string
  /** Decides whether and when a call is tried again. */
  readonly attempts: Attempts
  /** What discovery has published last. */
  readonly set: EndpointSet
  /** True once discovery has been `ok`. */
  readonly wasOk: boolean
  /** Opens a balancer; it shares peers, guards, loads and budget with the others. @throws EvenkeelError for an option that is not accepted */
  balancer(options: BalancerOptions): Balancer
  /** Subscribes, with a replay of `joined`, `leaving` and `status`. */
  watch(listener: PeerListener): Disposable
  /** News without a pick, or before its end: a drain sign in a head, a GOAWAY on an idle connection. */
  report(peer: Peer, outcome: Outcome): void
  /** Asks discovery for news soon. */
  refresh(): void
  /** Age of the last sign of life from discovery in ms. */
  discoveryAgeMs(): number
  /** How long this process could not run, as far as it was watched: the difference of two readings is the lag in between. */
  lagMs(): number
  /** What it knows at this moment. */
  inspect(): UpstreamInspection
}

/** What every upstream of one `upstreams(...)` is made from. */
export interface UpstreamParts {
  readonly target: Target
  readonly resolver: Resolver
  readonly clock: Clock
  readonly random: Random
  readonly awake: AwakeTime
  readonly facts: PodFacts
  readonly self: Self
  readonly guards: readonly GuardFactory[]
  readonly retry: RetryOptions
  readonly firstSetMs: number
  readonly failfastMs: number
  readonly maxWaiting: number
}
