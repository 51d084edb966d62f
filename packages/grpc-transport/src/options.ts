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
  readonly clock: Clock
  readonly balancer: BalancerOptions
  readonly connectMs: number
  readonly attemptMs: number | undefined
  readonly repeatable: ReadonlySet<string>
  readonly policyOf: ((method: string, metadata: Metadata) => string | undefined) | undefined
  readonly hashKeyOf: ((method: string, metadata: Metadata) => string | undefined) | undefined
  readonly perPeer: number
  readonly idleMs: number
  readonly healthService: string | undefined
}

/** The longest silence of a repeatable call whose caller set no limit: as long as HTTP waits for a head. */
export const longestSilenceMs = 30_000

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
export function readSettings(options: GrpcOptions, clock: Clock, healthOfConfig: string | undefined): Settings {
  const { policies = [peakEwma()], narrowings = [], connectMs = 1_000, attemptMs, maxInFlightPerPeer } = options
  const { repeatable = [], policyOf, hashKeyOf, connections = {}, health } = options
  // gRPC connections are few and long-lived; five minutes is below the idle limits of common servers and proxies.
  const { perPeer = 8, idleMs = 300_000 } = connections
  positive('connectMs', connectMs)
  if (attemptMs !== undefined) positive('attemptMs', attemptMs)
  if (!Number.isInteger(perPeer) || perPeer < 1)
    throw invalidOption('connections.perPeer', perPeer, 'a whole number of at least 1')
  positive('connections.idleMs', idleMs)
  for (const name of repeatable)
    if (!/^[\w.]+(?:\/\w+)?$/.test(name))
      throw invalidOption('repeatable', name, 'package.Service/Method, or package.Service')
  return {
    clock,
    balancer: { policies, narrowings, maxInFlightPerPeer },
    connectMs,
    attemptMs,
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
