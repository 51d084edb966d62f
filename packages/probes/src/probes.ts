/**
 * The server half of evenkeel: tells Kubernetes how the process is, tells clients how loaded it is, and takes the process out of
 * service without losing a request.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatLoadReport, invalidOption } from '@evenkeel/core'
import type { AdapterHost, AttachedServer } from './adapters.ts'
import { Answers, type Condition, type Routes } from './answering/answers.ts'
import { mountOn } from './answering/mount.ts'
import { type OwnPort, openOwnPort } from './answering/own-port.ts'
import { Drain, type DrainPhase, type DrainReport } from './leaving/drain.ts'
import { exitCodeOf, listenToSignals, type SignalAction } from './leaving/signals.ts'
import { type ProbedServer, type ProbesOptions, type Settings, settle } from './options.ts'
import { Backlog } from './readiness/backlog.ts'
import { type CheckResult, Checks } from './readiness/checks.ts'
import { LoopMonitor } from './readiness/loop-monitor.ts'
import { Startup } from './readiness/startup.ts'
import { Requests } from './traffic/requests.ts'
import { Upgrades } from './traffic/upgrades.ts'

/** How the process is, at the moment of asking. */
export interface ProbesStatus {
  /** Where the process stands between its start and its end. */
  readonly phase: 'starting' | DrainPhase
  /** Who asked for the drain. */
  readonly reason: string | undefined
  /** Requests and gRPC calls whose answer has not ended. */
  readonly inFlight: number
  /** Sockets that have left HTTP, WebSockets above all. */
  readonly upgraded: number
  /** How late timers run, smoothed over a second. */
  readonly loopLagMs: number
  /** The busy share of the event loop's time, 0 to 1. */
  readonly utilisation: number
  /** Age of the process. */
  readonly ageMs: number
  /** Limits of the backlog that are exceeded, in words. */
  readonly backlog: readonly string[]
  /** The last results; empty until somebody has asked for readiness. */
  readonly checks: readonly CheckResult[]
}

/** The probes of one process. Make them before the servers get their first request, and close them last. */
export interface Probes extends AsyncDisposable {
  /** Answers probes on a port of their own; 0 means any free one. Rejects if the port is taken or the probes have one already. */
  listen(port: number, host?: string): Promise<AddressInfo>
  /** Answers probes on a server of the application, before its own listeners. It is drained only if it is among `servers`. */
  mount(server: ProbedServer): void
  /** Answers the request if it is a probe; false if it is not. For frameworks that would rather ask than be passed over. */
  handler(request: IncomingMessage, response: ServerResponse): boolean
  /** Marks start-up as complete. */
  started(): void
  /** Changes nothing and asks nobody. */
  status(): ProbesStatus
  /** Begins a drain, or joins the one under way. It never ends the process; a stop signal during or after it does. */
  drain(reason?: string): Promise<DrainReport>
  /** Stops everything that `probes` started and takes its listeners off the servers. The servers themselves are left as they are. */
  close(): Promise<void>
}

/**
 * Starts to watch the servers, the event loop and the signals.
 * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION
 *
 * @example
 * ```ts run
 * import { createServer } from 'node:http'
 * import { probes } from '@evenkeel/probes'
 *
 * const server = createServer((_, answer) => answer.end('three users'))
 * const health = probes({ servers: [server], signals: {}, checks: { database: () => true } })
 * await health.listen(0)
 * server.listen(0)
 * console.log(health.status().phase)
 * await health.close()
 * server.close()
 * ```
 */
export function probes(options: ProbesOptions = {}): Probes {
  return new RunningProbes(settle(options))
}

class RunningProbes implements Probes {
  readonly #settings: Settings
  readonly #attached: readonly AttachedServer[]
  readonly #requests: Requests
  readonly #upgrades: Upgrades
  readonly #loop: LoopMonitor
  readonly #backlog: Backlog
  readonly #checks: Checks
  readonly #startup: Startup
  readonly #drain: Drain
  readonly #answers: Answers
  readonly #signals: Disposable
  readonly #mounts: Disposable[] = []
  #signalled: NodeJS.Signals | undefined
  #own: Promise<OwnPort> | undefined

  constructor(settings: Settings) {
    const { servers, clock, random, process: host } = settings
    const ended = (): void => this.#drain.look()
    this.#settings = settings
    this.#checks = new Checks(settings.checks, settings.checkTimeoutMs, clock)
    // First of all that watches: it may refuse.
    this.#attached = settings.adapters.map((adapter) => adapter.attach(this.#adapterHost()))
    this.#requests = new Requests({ servers, ended, report: () => this.#report() })
    this.#upgrades = new Upgrades({ servers, clock, random, ended })
    this.#backlog = new Backlog(settings.backlog)
    this.#loop = new LoopMonitor(clock, () =>
      this.#backlog.observe({ inFlight: this.#inFlight(), loopLagMs: this.#loop.lagMs }),
    )
    this.#startup = new Startup(servers, this.#attached, settings.startup)
    this.#drain = new Drain({
      ...settings,
      attached: this.#attached,
      requests: this.#requests,
      upgrades: this.#upgrades,
      hookFailed: (error) => host.emitWarning(asError(error)),
    })
    this.#answers = new Answers({
      startup: () => this.#startupCondition(),
      readiness: () => this.#readiness(),
      checks: () => this.#checks.run(),
      drain: () => this.#drainForHook(),
    })
    this.#signals = listenToSignals(host, settings.signals, (signal, action) => this.#onSignal(signal, action))
  }

  async listen(port: number, host?: string): Promise<AddressInfo> {
    if (this.#own !== undefined) throw invalidOption('port', port, 'one call of listen')
    const routes: Routes = this.#settings.drainRoute === 'own-port' ? 'probes-and-drain' : 'probes'
    this.#own = openOwnPort(port, host, (request, response) => this.#answers.handle(request, response, routes))
    try {
      return (await this.#own).address
    } catch (error) {
      this.#own = undefined
      throw error
    }
  }

  mount(server: ProbedServer): void {
    this.#mounts.push(mountOn(server, (request, response) => this.handler(request, response)))
  }

  handler(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#answers.handle(request, response, 'probes')
  }

  started(): void {
    this.#startup.complete()
  }

  status(): ProbesStatus {
    const { phase, reason } = this.#drain
    return {
      phase: phase === 'serving' && this.#startup.state === 'under-way' ? 'starting' : phase,
      reason,
      inFlight: this.#inFlight(),
      upgraded: this.#upgrades.size,
      loopLagMs: this.#loop.lagMs,
      utilisation: this.#loop.utilisation,
      ageMs: this.#ageMs(),
      backlog: this.#backlog.reasons,
      checks: this.#checks.last,
    }
  }

  drain(reason = 'the application'): Promise<DrainReport> {
    return this.#drain.start({ reason, lameDuckMs: this.#settings.lameDuckMs, deadlineMs: this.#settings.calledMs })
  }

  async close(): Promise<void> {
    this.#signals[Symbol.dispose]()
    this.#drain.abandon()
    for (const part of [
      ...this.#mounts.splice(0),
      ...this.#attached,
      this.#requests,
      this.#upgrades,
      this.#loop,
      this.#checks,
      this.#startup,
    ])
      part[Symbol.dispose]()
    const own = await this.#own?.catch(() => undefined)
    await own?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #adapterHost(): AdapterHost {
    const { clock, random } = this.#settings
    return {
      clock,
      random,
      checkNames: this.#checks.names,
      started: () => this.#startup.state === 'complete',
      accepts: () => this.#readiness().every(({ holds }) => holds === 'yes'),
      check: (names) => this.#checks.run(names),
      listening: () => this.#startup.look(),
      ended: () => this.#drain.look(),
    }
  }

  #inFlight(): number {
    return this.#attached.reduce((sum, { inFlight }) => sum + inFlight, this.#requests.inFlight)
  }

  #onSignal(signal: NodeJS.Signals, action: SignalAction): void {
    const { exit, process: host, lameDuckMs, signalledMs } = this.#settings
    if (this.#signalled !== undefined) {
      // Whoever asks twice does not want to wait.
      if (exit === 'when-drained') host.exit(exitCodeOf(signal))
      else this.#drain.cut()
      return
    }
    this.#signalled = signal
    const drained = this.#drain.start({
      reason: signal,
      lameDuckMs: action === 'drain' ? lameDuckMs : 0,
      deadlineMs: signalledMs,
    })
    if (action === 'drain-now') this.#drain.hurry()
    void drained.then(({ kind }) => {
      if (exit === 'when-drained' && kind !== 'abandoned') host.exit()
    })
  }

  async #drainForHook(): Promise<void> {
    void this.drain('preStop')
    await this.#drain.lameDuckOver()
  }

  #readiness(): readonly Condition[] {
    const { phase, reason } = this.#drain
    const backlog = this.#backlog.reasons
    const accepts = phase === 'serving' || phase === 'lame-duck'
    return [
      {
        name: 'drain',
        holds: accepts ? 'yes' : 'no',
        words: reason === undefined ? phase : `${phase} because of ${reason}`,
      },
      {
        name: 'backlog',
        holds: backlog.length === 0 ? 'yes' : 'no',
        words: backlog.length === 0 ? this.#loadWords() : backlog.join(', '),
      },
    ]
  }

  #startupCondition(): Condition {
    const { state } = this.#startup
    return { name: 'startup', holds: state === 'complete' ? 'yes' : 'no', words: state }
  }

  #loadWords(): string {
    return `${this.#inFlight()} in flight, loop lag ${Math.round(this.#loop.lagMs)} ms`
  }

  #report(): string {
    return formatLoadReport({
      inFlight: this.#inFlight(),
      utilisation: this.#loop.utilisation,
      ageMs: this.#ageMs(),
    })
  }

  #ageMs(): number {
    return Math.round(this.#settings.process.uptime() * 1_000)
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
