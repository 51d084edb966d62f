/**
 * A way to leave without losing a request.
 *
 * 1. Lame duck: clients still come, since they hear of the leaving pod late. They are accepted and answered, and every answer says
 *    that its connection ends (gRPC connections get a GOAWAY, one after another). Ready stays true: on a deletion Kubernetes takes the pod out by itself, and a failing readiness probe would
 *    also take it from those who use leaving pods as a last resort (KEP-1669).
 * 2. Stopping: no new connection, idle ones are closed, the requests in flight are waited for.
 * 3. Drained, when nothing is left. Or the deadline comes first, and what is left is cut: being killed later would be worse.
 */

import { channel } from 'node:diagnostics_channel'
import type { Clock } from '@evenkeel/core'
import type { AttachedServer } from '../adapters.ts'
import type { ProbedServer } from '../options.ts'
import type { Requests } from '../traffic/requests.ts'
import type { Upgrades } from '../traffic/upgrades.ts'

/** Where a process stands on its way out. */
export type DrainPhase = 'serving' | 'lame-duck' | 'stopping' | 'drained'

/** What `onDrain` hears. */
export interface DrainNotice {
  /** A signal's name, or who asked. */
  readonly reason: string
  /** How long the server goes on taking requests, counted from now. */
  readonly lameDuckMs: number
  /** When what is left is cut, counted from now. */
  readonly deadlineMs: number
  /** Aborts when what is left is cut. */
  readonly signal: AbortSignal
}

/** How a drain ended. `abandoned`: the probes were closed meanwhile. */
export type DrainReport =
  | { readonly kind: 'complete'; readonly reason: string; readonly tookMs: number }
  | {
      readonly kind: 'cut'
      readonly reason: string
      readonly tookMs: number
      /** HTTP requests that were not answered to their end. */
      readonly requests: number
      /** Sockets that had left HTTP. */
      readonly upgraded: number
      /** gRPC calls, unary and streaming; they ended with UNAVAILABLE. */
      readonly calls: number
    }
  | { readonly kind: 'abandoned'; readonly reason: string; readonly tookMs: number }

/** One drain's terms. */
export interface DrainTerms {
  readonly reason: string
  readonly lameDuckMs: number
  readonly deadlineMs: number
}

/** What `Drain` needs from its surroundings. */
export interface DrainOptions {
  readonly servers: readonly ProbedServer[]
  /** Servers of other protocols. */
  readonly attached: readonly AttachedServer[]
  readonly requests: Requests
  readonly upgrades: Upgrades
  readonly clock: Clock
  readonly webSockets: 'close' | 'application'
  readonly onDrain: ((notice: DrainNotice) => unknown) | undefined
  readonly onDrained: ((report: DrainReport) => unknown) | undefined
  /** Called with what a hook threw. */
  readonly hookFailed: (error: unknown) => void
}

/** Publishes `{ phase, reason, inFlight }` at every change; costs nothing while nobody listens. */
const phases = channel('evenkeel:probes:phase')
// A request may be on its way on a connection that never carried one: such a connection is not idle to Node, and is given this long.
const quietMs = 250
// Of the two seconds before SIGKILL, `onDrained` may use one.
const afterwordMs = 1_000

/** At most one drain. */
export class Drain {
  readonly #options: DrainOptions
  readonly #cut = new AbortController()
  readonly #timers = new Set<Disposable>()
  readonly #listening = new Set<ProbedServer>()
  #phase: DrainPhase = 'serving'
  #terms: DrainTerms = { reason: '', lameDuckMs: 0, deadlineMs: 0 }
  #startedAt = 0
  #hook: 'running' | 'done' = 'done'
  #quiet: Disposable | undefined
  #looking: Disposable | undefined
  #ended: Deferred<DrainReport> | undefined
  #lameDuckOver: Deferred<void> | undefined
  #verdict: 'open' | 'given' = 'open'

  constructor(options: DrainOptions) {
    this.#options = options
  }

  get phase(): DrainPhase {
    return this.#phase
  }

  /** Who asked; undefined while nobody has. */
  get reason(): string | undefined {
    return this.#phase === 'serving' ? undefined : this.#terms.reason
  }

  /** Begins, or joins the drain under way. */
  start(terms: DrainTerms): Promise<DrainReport> {
    if (this.#ended !== undefined) return this.#ended.promise
    const { clock, requests, upgrades, attached, webSockets } = this.#options
    this.#ended = deferred()
    this.#lameDuckOver = deferred()
    this.#terms = terms
    this.#startedAt = clock.now()
    if (this.#verdict === 'given') {
      this.abandon()
      return this.#ended.promise
    }
    this.#enter('lame-duck')
    // This timer keeps the process alive until the drain is over, even when no socket does.
    this.#wake(terms.deadlineMs, () => this.cut())
    requests.leave()
    for (const server of attached) server.leave(terms.lameDuckMs)
    if (webSockets === 'close') upgrades.close(terms.lameDuckMs)
    this.#callOnDrain()
    if (terms.lameDuckMs > 0) this.#wake(terms.lameDuckMs, () => this.hurry())
    else this.hurry()
    return this.#ended.promise
  }

  /** Resolves when the lame duck is over; at once when there is none. */
  async lameDuckOver(): Promise<void> {
    await this.#lameDuckOver?.promise
  }

  /** Ends the lame duck now. */
  hurry(): void {
    if (this.#phase !== 'lame-duck') return
    for (const server of this.#options.servers) {
      this.#listening.add(server)
      // Also closes idle connections. A server that never listened says so in its error, and is closed all the same.
      server.close(() => {
        this.#listening.delete(server)
        this.look()
      })
    }
    this.#enter('stopping')
    // After the phase has changed: health is told as it is from now on.
    for (const server of this.#options.attached) server.stop()
    this.#lameDuckOver?.resolve()
    this.look()
  }

  /** Destroys everything that is left and ends the drain. */
  cut(): void {
    if (this.#ended === undefined || this.#verdict === 'given') return
    this.hurry()
    const { requests, upgrades } = this.#options
    const left = { requests: requests.inFlight, upgraded: upgrades.size, calls: this.#calls() }
    this.#cut.abort(new DOMException('the time for the drain is over', 'TimeoutError'))
    void this.#finish({ kind: 'cut', ...this.#told(), ...left })
  }

  /** Looks, once in this turn, whether anything is left to wait for. Called whenever something has ended. */
  look(): void {
    if (this.#phase !== 'stopping' || this.#looking !== undefined) return
    this.#looking = this.#options.clock.afterPoll(() => {
      this.#looking = undefined
      if (this.#verdict === 'open') this.#lookNow()
    })
  }

  /** Gives up: nothing is destroyed, nobody is called. */
  abandon(): void {
    this.#forget()
    this.#verdict = 'given'
    this.#lameDuckOver?.resolve()
    this.#ended?.resolve({ kind: 'abandoned', ...this.#told() })
  }

  #lookNow(): void {
    this.#quiet?.[Symbol.dispose]()
    // An answer that began before the drain has left its connection open.
    for (const server of this.#options.servers) server.closeIdleConnections()
    if (this.#isBusy()) return
    if (this.#listening.size === 0) this.#complete()
    else
      this.#quiet = this.#options.clock.after(quietMs, () => {
        if (!this.#isBusy()) this.#complete()
      })
  }

  #isBusy(): boolean {
    const { requests, upgrades, attached } = this.#options
    const work = requests.inFlight + upgrades.size + this.#calls()
    return work > 0 || attached.some(({ connections }) => connections > 0) || this.#hook === 'running'
  }

  #complete(): void {
    void this.#finish({ kind: 'complete', ...this.#told() })
  }

  async #finish(report: DrainReport): Promise<void> {
    this.#verdict = 'given'
    this.#forget()
    await this.#destroy()
    await this.#callOnDrained(report)
    this.#enter('drained')
    this.#ended?.resolve(report)
  }

  async #destroy(): Promise<void> {
    const { servers, upgrades, attached } = this.#options
    for (const server of servers) server.closeAllConnections()
    upgrades.destroy()
    await Promise.all(attached.map((server) => server.destroy()))
  }

  #calls(): number {
    return this.#options.attached.reduce((sum, { inFlight }) => sum + inFlight, 0)
  }

  #callOnDrain(): void {
    const { onDrain, hookFailed } = this.#options
    if (onDrain === undefined) return
    this.#hook = 'running'
    const call = async (): Promise<unknown> => await onDrain({ ...this.#terms, signal: this.#cut.signal })
    void call()
      .catch(hookFailed)
      .then(() => {
        this.#hook = 'done'
        this.look()
      })
  }

  async #callOnDrained(report: DrainReport): Promise<void> {
    const { onDrained, hookFailed, clock } = this.#options
    if (onDrained === undefined) return
    const leftMs = Math.max(0, this.#terms.deadlineMs - (clock.now() - this.#startedAt)) + afterwordMs
    const call = async (): Promise<unknown> => await onDrained(report)
    await Promise.race([call().catch(hookFailed), new Promise<void>((resolve) => this.#wake(leftMs, resolve))])
    this.#forget()
  }

  #told(): { readonly reason: string; readonly tookMs: number } {
    return { reason: this.#terms.reason, tookMs: this.#options.clock.now() - this.#startedAt }
  }

  #enter(phase: DrainPhase): void {
    this.#phase = phase
    if (!phases.hasSubscribers) return
    const inFlight = this.#options.requests.inFlight + this.#calls()
    phases.publish({ phase, reason: this.#terms.reason, inFlight })
  }

  #wake(ms: number, run: () => void): void {
    const timer = this.#options.clock.wake(ms, () => {
      this.#timers.delete(timer)
      run()
    })
    this.#timers.add(timer)
  }

  #forget(): void {
    this.#quiet?.[Symbol.dispose]()
    this.#looking?.[Symbol.dispose]()
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers.clear()
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
