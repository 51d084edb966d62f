/**
 * What users can set, the defaults with their reasons, and the checks.
 */
import {
  type BalancerOptions,
  type Clock,
  EvenkeelError,
  invalidOption,
  type Narrowing,
  type Policy,
  peakEwma,
  type Upstreams,
  type UpstreamsOptions,
  upstreams,
} from '@evenkeel/core'
import type { buildConnector } from 'undici'
import type { PoolHooks } from './endpoint-pool/hooks.ts'

/** Bounds of the connections to the peers of one service. */
export interface ConnectionOptions {
  /** Connections to one peer, and so calls in flight on it: further calls go elsewhere or wait in the balancer. @defaultValue 64 */
  readonly perPeer?: number | undefined
  /** Idle connections kept to one peer. @defaultValue 10 */
  readonly idlePerPeer?: number | undefined
  /** Idle connections kept to all peers. @defaultValue 100 */
  readonly idleInAll?: number | undefined
  /** How long an idle connection is kept, and never longer than the server says it keeps its end. @defaultValue 30000 */
  readonly idleMs?: number | undefined
  /** How long before the time of the server's `Keep-Alive` hint an idle connection is given up. @defaultValue 1000 */
  readonly hintMarginMs?: number | undefined
}

/** What is common to a dispatcher and an agent. */
export interface HttpOptions {
  /** The first is the default; a request names another by `evenkeel: { policy }`. @defaultValue `[peakEwma()]` */
  readonly policies?: readonly [Policy, ...Policy[]] | undefined
  /** Zone and subset rules. @defaultValue none */
  readonly narrowings?: readonly Narrowing[] | undefined
  /** Time for a connection to come about. In a cluster it takes milliseconds or fails (Linkerd: 1 s). @defaultValue 1000 */
  readonly connectMs?: number | undefined
  /** Time until the final head of the answer, per attempt, waiting for an endpoint included. `headersTimeout` of a request overrides it; 0 for none. @defaultValue 30000 */
  readonly headMs?: number | undefined
  /** Time of the whole call until the head, over all attempts and waits. We recommend 10 s. @defaultValue no limit */
  readonly totalMs?: number | undefined
  /** Time between two parts of an answer's body. `bodyTimeout` of a request overrides it; 0 for none. @defaultValue 300000 */
  readonly bodyMs?: number | undefined
  /** Streamed request bodies up to this size are kept, so that the request can be sent again. @defaultValue 65536 */
  readonly keptBodyBytes?: number | undefined
  /** Bounds of the connections. @defaultValue those of `ConnectionOptions` */
  readonly connections?: ConnectionOptions | undefined
  /** TLS and socket options, as for undici's `connect`. The server's certificate is checked against the service's name. @defaultValue none */
  readonly connect?: buildConnector.BuildOptions | undefined
}

/** Either what several transports share, or what to make it from. */
export type SharedOptions =
  | {
      /** What several transports share; instead of `resolver` and all that `upstreams(...)` takes. */
      readonly upstreams: Upstreams
    }
  | UpstreamsOptions

/** What one request may say, as `evenkeel` among its dispatch options. */
export interface CallOptions {
  /** Name of one of the policies. @defaultValue the first */
  readonly policy?: string | undefined
  /** What sticky policies hash. @defaultValue none */
  readonly hashKey?: string | undefined
  /** Higher is more important. @defaultValue 0 */
  readonly priority?: number | undefined
  /** Time of the whole call until the head. @defaultValue that of the dispatcher */
  readonly totalMs?: number | undefined
}

/** The options with their defaults, checked once. */
export interface Settings {
  readonly clock: Clock
  readonly balancer: BalancerOptions
  readonly connectMs: number
  readonly headMs: number
  readonly totalMs: number
  readonly bodyMs: number
  readonly keptBodyBytes: number
  readonly perPeer: number
  readonly idlePerPeer: number
  readonly idleInAll: number
  readonly idleMs: number
  readonly hintMarginMs: number
  readonly connect: buildConnector.BuildOptions
  /** Of a pool; undefined for every other dispatcher. */
  readonly hooks: PoolHooks | undefined
}

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
export function readSettings(options: HttpOptions, clock: Clock, hooks?: PoolHooks): Settings {
  const {
    policies = [peakEwma()],
    narrowings = [],
    connectMs = 1_000,
    headMs = 30_000,
    totalMs = Number.POSITIVE_INFINITY,
  } = options
  const { bodyMs = 300_000, keptBodyBytes = 65_536, connections = {}, connect = {} } = options
  const { perPeer = 64, idlePerPeer = 10, idleInAll = 100, idleMs = 30_000, hintMarginMs = 1_000 } = connections
  positive('connectMs', connectMs)
  notNegative('headMs', headMs)
  positive('totalMs', totalMs)
  notNegative('bodyMs', bodyMs)
  notNegative('keptBodyBytes', keptBodyBytes)
  if (!Number.isInteger(perPeer) || perPeer < 1)
    throw invalidOption('connections.perPeer', perPeer, 'a whole number of at least 1')
  notNegative('connections.idlePerPeer', idlePerPeer)
  notNegative('connections.idleInAll', idleInAll)
  positive('connections.idleMs', idleMs)
  notNegative('connections.hintMarginMs', hintMarginMs)
  const balancer = { policies, narrowings, maxInFlightPerPeer: perPeer }
  return {
    clock,
    balancer,
    connectMs,
    headMs,
    totalMs,
    bodyMs,
    keptBodyBytes,
    perPeer,
    idlePerPeer,
    idleInAll,
    idleMs,
    hintMarginMs,
    connect,
    hooks,
  }
}

/** The shared half, and whether it is ours to close. */
export function readShared(options: SharedOptions): { readonly shared: Upstreams; readonly own: boolean } {
  if ('upstreams' in options) return { shared: options.upstreams, own: false }
  if (!('resolver' in options)) throw invalidOption('resolver', undefined, 'a resolver, or upstreams')
  return { shared: upstreams(options), own: true }
}

/** What a request is told after its dispatcher was closed. */
export function closedError(service: string): EvenkeelError {
  return new EvenkeelError('EVENKEEL_CLOSED', 'the dispatcher was closed', {
    service,
    fate: 'unprocessed',
    fault: 'caller',
  })
}

function positive(name: string, value: number): void {
  if (!(value > 0)) throw invalidOption(name, value, '> 0')
}

function notNegative(name: string, value: number): void {
  if (!(value >= 0)) throw invalidOption(name, value, '>= 0')
}
