/**
 * What a user may choose, with the reason for every default, and the check of it all at once: a wrong option fails at the
 * start of the process, not at its end.
 */

import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import process from 'node:process'
import { type Clock, invalidOption, type Random, systemClock, systemRandom } from '@evenkeel/core'
import type { ServerAdapter } from './adapters.ts'
import type { DrainNotice, DrainReport } from './leaving/drain.ts'
import type { HostProcess, SignalAction } from './leaving/signals.ts'
import type { BacklogLimits, Limit } from './readiness/backlog.ts'
import type { Check, CheckOptions } from './readiness/checks.ts'

/** A server whose requests are counted and drained. */
export type ProbedServer = HttpServer | HttpsServer

/** Options of `probes`. */
export interface ProbesOptions {
  /**
   * The servers that carry the application's requests, gRPC ones by `grpcServer`. Give them before they get their first request.
   * @defaultValue none
   */
  readonly servers?: readonly (ProbedServer | ServerAdapter)[]
  /**
   * What must work for this process to be ready, by name. A check fails by throwing, by rejecting, by answering `false`, or by taking
   * longer than its time-out. Liveness never asks them.
   * @defaultValue none
   */
  readonly checks?: Readonly<Record<string, Check | CheckOptions>>
  /**
   * Time-out of a check that has none of its own, in milliseconds.
   * @defaultValue 800, below the kubelet's default of 1 s, so that the answer still names the slow check
   */
  readonly checkTimeoutMs?: number
  /**
   * Loads above which this process is not ready. Both loads have two thresholds, so that readiness does not flap.
   * @defaultValue `{ loopLagMs: { above: 1000, below: 250 } }`, in flight without a limit
   */
  readonly backlog?: BacklogLimits
  /**
   * When start-up is complete: `listening`, once all `servers` listen; `manual`, once `started()` was called.
   * @defaultValue 'listening'
   */
  readonly startup?: 'listening' | 'manual'
  /**
   * What each signal does. `drain` waits out the lame duck, `drain-now` skips it.
   * @defaultValue `{ SIGTERM: 'drain', SIGINT: 'drain-now' }`; `{}` leaves signals alone
   */
  readonly signals?: Readonly<Partial<Record<NodeJS.Signals, SignalAction>>>
  /**
   * Whether a drain that a signal began ends the process. With `never` the application ends itself, for instance in `onDrained`.
   * @defaultValue 'when-drained'
   */
  readonly exit?: 'when-drained' | 'never'
  /**
   * For how long a draining server still accepts and answers, in milliseconds. It covers the time until every client has heard that the pod leaves.
   * @defaultValue 5000, or 1000 with `preStopMs`, and never more than half of the time there is
   */
  readonly lameDuckMs?: number
  /**
   * The pod's `terminationGracePeriodSeconds`, in milliseconds. Two seconds before its end everything left is cut.
   * @defaultValue 30000, the default of Kubernetes
   */
  readonly gracePeriodMs?: number
  /**
   * How long the pod's `preStop` hook sleeps, in milliseconds: it uses up the grace period before the signal comes.
   * @defaultValue 0
   */
  readonly preStopMs?: number
  /**
   * Who says goodbye to WebSockets: `close` sends each a close frame 1001, spread over the lame duck; with `application` do it in `onDrain`.
   * @defaultValue 'close'
   */
  readonly webSockets?: 'close' | 'application'
  /**
   * Whether `GET /drain` on the own port begins a drain, for a `preStop` hook. Never on a mounted server.
   * @defaultValue 'off'
   */
  readonly drainRoute?: 'off' | 'own-port'
  /**
   * Called when a drain begins. The drain waits for what it returns, up to its deadline: end event streams and consumers here.
   * @defaultValue none
   */
  readonly onDrain?: (notice: DrainNotice) => unknown
  /**
   * Called when the last request has ended, before the process ends: close pools, watches and clients here. It gets up to a second beyond the deadline.
   * @defaultValue none
   */
  readonly onDrained?: (report: DrainReport) => unknown
  /**
   * Where signals come from and where `exit` goes.
   * @defaultValue the real process
   */
  readonly process?: HostProcess
  /** Where time comes from. @defaultValue `systemClock` */
  readonly clock?: Clock
  /** Where chance comes from. @defaultValue `systemRandom` */
  readonly random?: Random
}

/** The options with every default filled in. */
export interface Settings {
  readonly servers: readonly ProbedServer[]
  /** Servers of other protocols, taken out of `servers`. */
  readonly adapters: readonly ServerAdapter[]
  readonly checks: Readonly<Record<string, CheckOptions>>
  readonly checkTimeoutMs: number
  readonly backlog: BacklogLimits
  readonly startup: 'listening' | 'manual'
  readonly signals: Readonly<Partial<Record<NodeJS.Signals, SignalAction>>>
  readonly exit: 'when-drained' | 'never'
  readonly lameDuckMs: number
  /** From the start of the drain to the cut, when a signal began it. */
  readonly signalledMs: number
  /** The same, when `GET /drain` or the application began it: nothing of the grace period is used up yet. */
  readonly calledMs: number
  readonly webSockets: 'close' | 'application'
  readonly drainRoute: 'off' | 'own-port'
  readonly onDrain: ((notice: DrainNotice) => unknown) | undefined
  readonly onDrained: ((report: DrainReport) => unknown) | undefined
  readonly process: HostProcess
  readonly clock: Clock
  readonly random: Random
}

// Left between the cut and SIGKILL: for `onDrained`, for flushing, and for a loop that is late.
const marginMs = 2_000
// Clients hear of a leaving pod 0 to 2 s late as a rule; 5 s covers a busy control plane, and most keep-alive pools are idle for less.
const usualLameDuckMs = 5_000
// After a preStop sleep nobody opens new connections, but live ones still need one answer that says `Connection: close`.
const sleptLameDuckMs = 1_000
// The kubelet gives up on a probe after 1 s by default: a loop that lags by more fails its probes anyway.
const loopLagMs: Limit = { above: 1_000, below: 250 }

/**
 * Checks the options and fills in the defaults.
 * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION
 */
export function settle(options: ProbesOptions): Settings {
  const {
    gracePeriodMs = 30_000,
    preStopMs = 0,
    checkTimeoutMs = 800,
    servers = [],
    startup = 'listening',
    exit = 'when-drained',
  } = options
  const { webSockets = 'close', drainRoute = 'off', backlog = {} } = options
  const { signals = { SIGTERM: 'drain', SIGINT: 'drain-now' } } = options
  const { process: host = process, clock = systemClock, random = systemRandom, onDrain, onDrained } = options
  if (!(gracePeriodMs > marginMs)) throw invalidOption('gracePeriodMs', gracePeriodMs, `> ${marginMs}`)
  const signalledMs = gracePeriodMs - preStopMs - marginMs
  if (!(preStopMs >= 0 && signalledMs > 0))
    throw invalidOption('preStopMs', preStopMs, `0 to ${gracePeriodMs - marginMs} (gracePeriodMs less ${marginMs})`)
  const { lameDuckMs = Math.min(preStopMs > 0 ? sleptLameDuckMs : usualLameDuckMs, signalledMs / 2) } = options
  if (!(lameDuckMs >= 0 && lameDuckMs < signalledMs))
    throw invalidOption(
      'lameDuckMs',
      lameDuckMs,
      `0 to below ${signalledMs} (gracePeriodMs less preStopMs less ${marginMs})`,
    )
  if (!(checkTimeoutMs > 0)) throw invalidOption('checkTimeoutMs', checkTimeoutMs, '> 0')
  oneOf('startup', startup, ['listening', 'manual'])
  oneOf('exit', exit, ['when-drained', 'never'])
  oneOf('webSockets', webSockets, ['close', 'application'])
  oneOf('drainRoute', drainRoute, ['off', 'own-port'])
  for (const [signal, action] of Object.entries(signals)) oneOf(`signals.${signal}`, action, ['drain', 'drain-now'])
  for (const name of ['inFlight', 'loopLagMs'] as const) checkLimit(name, backlog[name])
  return {
    servers: servers.filter((server): server is ProbedServer => !isAdapter(server)),
    adapters: servers.filter(isAdapter),
    startup,
    signals,
    exit,
    lameDuckMs,
    signalledMs,
    checkTimeoutMs,
    webSockets,
    drainRoute,
    onDrain,
    onDrained,
    process: host,
    clock,
    random,
    calledMs: gracePeriodMs - marginMs,
    backlog: { ...backlog, loopLagMs: backlog.loopLagMs ?? loopLagMs },
    checks: Object.fromEntries(
      Object.entries(options.checks ?? {}).map(([name, check]) => [name, checkOf(name, check)]),
    ),
  }
}

function isAdapter(server: ProbedServer | ServerAdapter): server is ServerAdapter {
  return 'attach' in server
}

function checkOf(name: string, check: Check | CheckOptions): CheckOptions {
  // The name is a line of the answer and part of what people grep for.
  if (!/^[\w.-]{1,63}$/.test(name))
    throw invalidOption('checks', name, 'names of 1 to 63 letters, digits, dots, dashes and underscores')
  const chosen = typeof check === 'function' ? { run: check } : check
  if (typeof chosen?.run !== 'function')
    throw invalidOption(`checks.${name}`, check, 'a function, or an object with run')
  if (chosen.timeoutMs !== undefined && !(chosen.timeoutMs > 0))
    throw invalidOption(`checks.${name}.timeoutMs`, chosen.timeoutMs, '> 0')
  return chosen
}

function checkLimit(name: string, limit: Limit | undefined): void {
  if (limit === undefined) return
  if (!(limit.below >= 0)) throw invalidOption(`backlog.${name}.below`, limit.below, '>= 0')
  if (!(limit.above > limit.below))
    throw invalidOption(`backlog.${name}.above`, limit.above, `> below, which is ${limit.below}`)
}

function oneOf(name: string, value: unknown, expected: readonly string[]): void {
  if (!expected.includes(value as string)) throw invalidOption(name, value, expected.join(' or '))
}
