/**
 * How servers of other protocols take part: an adapter stands among `servers`, is attached once, and from then on is counted, told
 * and drained like an HTTP server. What it needs to load stays in its own entry of the package.
 */
import type { Clock, Random } from '@evenkeel/core'
import type { CheckResult } from './readiness/checks.ts'

/** A server of another protocol. `grpcServer` of `@evenkeel/probes/grpc` makes one; `probes` calls it. */
export interface ServerAdapter {
  /**
   * Begins to watch the server. Called once, by `probes`.
   * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION
   */
  attach(host: AdapterHost): AttachedServer
}

/** What `probes` lends to an adapter. */
export interface AdapterHost {
  /** Where time comes from. */
  readonly clock: Clock
  /** Where chance comes from. */
  readonly random: Random
  /** Names of all checks. */
  readonly checkNames: readonly string[]
  /** Whether start-up is complete. */
  started(): boolean
  /** Whether the process takes new work, as far as one can say without asking a check. */
  accepts(): boolean
  /** Asks these checks; never rejects. */
  check(names: readonly string[]): Promise<readonly CheckResult[]>
  /** To be called when the server has begun to listen. */
  listening(): void
  /** To be called when a call or a connection has ended. */
  ended(): void
}

/** A watched server. Disposing leaves it as it was found. */
export interface AttachedServer extends Disposable {
  /** Whether it accepts connections. */
  readonly listening: boolean
  /** Calls that have not ended. */
  readonly inFlight: number
  /** Connections that have not closed. */
  readonly connections: number
  /** The lame duck begins: it goes on accepting, and tells each of its clients within `spreadMs`. */
  leave(spreadMs: number): void
  /** The lame duck is over: no new connection, no new call. */
  stop(): void
  /** Ends what is left, as politely as some turns of the event loop allow. */
  destroy(): Promise<void>
}
