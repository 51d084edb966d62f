/**
 * What users can set, the defaults with their reasons, and the checks.
 */
import {
  type BalancerOptions,
  type Clock,
  invalidOption,
  type Narrowing,
  type Policy,
  peakEwma,
  type Random,
  systemRandom,
  type Upstreams,
  type UpstreamsOptions,
  upstreams,
} from '@evenkeel/core'
import type { ChannelOptions, Metadata } from '@grpc/grpc-js'

/** Bounds of the connections to the peers of one service. */
export interface ConnectionOptions {
  /** Connections to one peer. A further one is opened when the peer's stream limit is reached; at the bound streams wait on the emptiest. @defaultValue 8 */
  readonly perPeer?: number | undefined
  /** How long a connection without streams is kept, at least; at most half as long again. A pod behind it keeps its end for as long. @defaultValue 300000 */
  readonly idleMs?: number | undefined
}

/** Client-side health checking (gRFC A17). */
export interface HealthOptions {
  /** The name that is asked for; empty for the server as a whole. */
  readonly service: string
}

/** Options of a channel, besides those of discovery. */
export interface GrpcOptions {
  /** The first is the default; `policyOf` names others. @defaultValue `[peakEwma()]` */
  readonly policies?: readonly [Policy, ...Policy[]] | undefined
  /** Zone and subset rules. @defaultValue none */
  readonly narrowings?: readonly Narrowing[] | undefined
  /** Time for a connection to come about, TLS and HTTP/2 settings included. In a cluster it takes milliseconds or fails. @defaultValue 1000 */
  readonly connectMs?: number | undefined
  /**
   * How long an attempt of a repeatable call may be silent before it is cut and the call goes elsewhere.
   * @defaultValue half of what is left of the deadline, at most 30 s
   */
  readonly attemptMs?: number | undefined
  /**
   * Age, give or take a fifth, at which an open stream is ended with UNAVAILABLE, so that its caller opens it again where it is best then: slow rebalancing after a
   * scale-up. Only for callers that open their streams again.
   * @defaultValue streams live as long as they like
   */
  readonly streamAgeMs?: number | undefined
  /** Calls that one peer may have in flight. @defaultValue no limit */
  readonly maxInFlightPerPeer?: number | undefined
  /**
   * Methods that may be sent again after they may have been processed: `package.Service/Method`, or `package.Service` for all of its methods. Besides, a call
   * is repeatable if its metadata has `idempotentRequest`, or its service config a `retryPolicy`.
   * @defaultValue none
   */
  readonly repeatable?: readonly string[] | undefined
  /** Name of the policy for a call; undefined for the first. `method` is `/package.Service/Method`. @defaultValue the first */
  readonly policyOf?: ((method: string, metadata: Metadata) => string | undefined) | undefined
  /** What sticky policies hash for a call. @defaultValue none */
  readonly hashKeyOf?: ((method: string, metadata: Metadata) => string | undefined) | undefined
  /** Bounds of the connections. @defaultValue those of `ConnectionOptions` */
  readonly connections?: ConnectionOptions | undefined
  /** Asks every connected peer for its health. @defaultValue off, unless the service config has a `healthCheckConfig` */
  readonly health?: HealthOptions | undefined
  /** Options of grpc-js, among them `grpc.service_config`. @defaultValue none */
  readonly channelOptions?: ChannelOptions | undefined
}

/** Either what several transports share, or what to make it from. */
export type SharedOptions =
  | {
      /** What several transports share; instead of `resolver` and all that `upstreams(...)` takes. */
      readonly upstreams: Upstreams
    }
  | UpstreamsOptions

/** The options with their defaults, checked once. */
export interface Settings {
  /** Where time comes from. */
  readonly clock: Clock
  /** For the upstream. */
  readonly balancer: BalancerOptions
  /** For a connection. */
  readonly connectMs: number
  /** undefined: half of what is left. */
  readonly attemptMs: number | undefined
  /** undefined: no limit. */
  readonly streamAgeMs: number | undefined
  /** Jitters. */
  readonly random: Random
  /** Names of methods and services. */
  readonly repeatable: ReadonlySet<string>
  /** The user's. */
  readonly policyOf: ((method: string, metadata: Metadata) => string | undefined) | undefined
  /** The user's. */
  readonly hashKeyOf: ((method: string, metadata: Metadata) => string | undefined) | undefined
  /** Connections. */
  readonly perPeer: number
  /** Of a connection. */
  readonly idleMs: number
  /** undefined: nobody is asked. */
  readonly healthService: string | undefined
}

/** The longest silence of a repeatable call whose caller set no limit: as long as HTTP waits for a head. */
export const longestSilenceMs = 30_000

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
export function readSettings(options: GrpcOptions, clock: Clock, healthOfConfig: string | undefined): Settings {
  const {
    policies = [peakEwma()],
    narrowings = [],
    connectMs = 1_000,
    attemptMs,
    streamAgeMs,
    maxInFlightPerPeer,
  } = options
  const { repeatable = [], policyOf, hashKeyOf, connections = {}, health } = options
  // gRPC connections are few and long-lived; five minutes is below the idle limits of common servers and proxies.
  const { perPeer = 8, idleMs = 300_000 } = connections
  positive('connectMs', connectMs)
  if (attemptMs !== undefined) positive('attemptMs', attemptMs)
  if (streamAgeMs !== undefined) positive('streamAgeMs', streamAgeMs)
  if (!Number.isInteger(perPeer) || perPeer < 1)
    throw invalidOption('connections.perPeer', perPeer, 'a whole number of at least 1')
  positive('connections.idleMs', idleMs)
  for (const name of repeatable)
    if (!/^[\w.]+(?:\/\w+)?$/.test(name))
      throw invalidOption('repeatable', name, 'package.Service/Method, or package.Service')
  return {
    clock,
    random: 'random' in options ? ((options.random as Random | undefined) ?? systemRandom) : systemRandom,
    balancer: { policies, narrowings, maxInFlightPerPeer },
    connectMs,
    attemptMs,
    streamAgeMs,
    repeatable: new Set(repeatable),
    policyOf,
    hashKeyOf,
    perPeer,
    idleMs,
    healthService: health?.service ?? healthOfConfig,
  }
}

/** The shared half, and whether it is ours to close. */
export function readShared(options: SharedOptions): { readonly shared: Upstreams; readonly own: boolean } {
  if ('upstreams' in options) return { shared: options.upstreams, own: false }
  if (!('resolver' in options)) throw invalidOption('resolver', undefined, 'a resolver, or upstreams')
  return { shared: upstreams(options), own: true }
}

function positive(name: string, value: number): void {
  if (!(value > 0)) throw invalidOption(name, value, '> 0')
}
