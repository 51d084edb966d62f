/**
 * What all requests of one dispatcher share: the upstream and its balancer, connections, time-outs, and who is under way.
 */
import { type Balancer, type Call, type Clock, events, type Reason, type Resume, type Upstream } from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import { Connections } from '../connections/connections.ts'
import type { Settings } from '../options.ts'
import type { Exchange } from './exchange.ts'
import { Lapse } from './lapse.ts'

// Lengths of time-outs that get a queue of their own; a caller with ever new ones starts the collection afresh.
const maxLapses = 64

/** Decides where a request goes that discovery cannot serve; undefined: nowhere. */
export type PassThrough = (reason: string) => Dispatcher | undefined

/** One per dispatcher. */
export class Service {
  readonly upstream: Upstream
  readonly balancer: Balancer
  readonly settings: Settings
  readonly clock: Clock
  readonly connections: Connections
  /** Requests that wait in the balancer's line. */
  waiting = 0
  /** Nothing is left. */
  closed = false
  readonly #passThrough: PassThrough
  readonly #lapses = new Map<number, Lapse>()
  readonly #active: Exchange[] = []
  readonly #watching: Disposable
  #idle: (() => void) | undefined

  constructor(upstream: Upstream, settings: Settings, passThrough: PassThrough) {
    this.upstream = upstream
    this.settings = settings
    this.clock = settings.clock
    this.#passThrough = passThrough
    this.balancer = upstream.balancer(settings.balancer)
    this.connections = new Connections(settings)
    this.#watching = upstream.watch(this.connections)
  }

  /** Requests under way. */
  get active(): number {
    return this.#active.length
  }

  now(): number {
    return this.clock.now()
  }

  /** The queue of time-outs of that length; undefined for 0 and for no limit. */
  lapseFor(ms: number): Lapse | undefined {
    if (!(ms > 0) || ms === Number.POSITIVE_INFINITY) return undefined
    let lapse = this.#lapses.get(ms)
    if (lapse === undefined) {
      if (this.#lapses.size >= maxLapses)
        for (const [length, unused] of this.#lapses) {
          if (!unused.empty) continue
          this.#lapses.delete(length)
          unused[Symbol.dispose]()
        }
      lapse = new Lapse(this.clock, ms)
      this.#lapses.set(ms, lapse)
    }
    return lapse
  }

  /** Where a refused request may go instead: only if the Service is absent, or discovery was never `ok`. `waiting` asks ahead, while discovery fails. */
  passFor(reason: Reason | 'waiting'): Dispatcher | undefined {
    const { set, wasOk } = this.upstream
    if (reason === 'absent') return this.#passThrough('absent')
    if (wasOk) return undefined
    // A full queue before the first list is discovery's failure too: 1,000 calls come together within the 5 s in which it is awaited.
    const failing =
      reason === 'discovery-failed' || reason === 'queue-full' || (reason === 'waiting' && set.status === 'failed')
    return failing ? this.#passThrough('discovery-failed') : undefined
  }

  /** Joins the balancer's line, and is counted there. */
  wait(call: Call, resume: Resume): Disposable {
    let waits = true
    this.waiting++
    const over = (): void => {
      if (waits) this.waiting--
      waits = false
    }
    const place = this.balancer.wait(call, (reason) => {
      over()
      resume(reason)
    })
    return {
      [Symbol.dispose]: () => {
        over()
        place[Symbol.dispose]()
      },
    }
  }

  /** A request begins. */
  enter(exchange: Exchange): void {
    exchange.place = this.#active.length
    this.#active.push(exchange)
  }

  /** A request is over. */
  leave(exchange: Exchange): void {
    const { place } = exchange
    if (place < 0) return
    exchange.place = -1
    const last = this.#active.pop() as Exchange
    if (last !== exchange) {
      this.#active[place] = last
      last.place = place
    }
    if (this.#active.length === 0) this.#idle?.()
    this.settings.hooks?.over()
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.#active.length === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
    })
  }

  /** Ends all that is under way with the error. */
  abort(error: Error): void {
    for (const exchange of [...this.#active]) exchange.abort(error)
  }

  /** Leaves no timer, socket or listener, once what is under way has ended. What is busy still is answers that nobody wants. */
  async close(error: Error | null): Promise<void> {
    this.#watching[Symbol.dispose]()
    this.connections.destroy(error)
    for (const lapse of this.#lapses.values()) lapse[Symbol.dispose]()
    this.#lapses.clear()
    await this.balancer[Symbol.asyncDispose]()
    this.closed = true
  }

  /** Says something that a user should know. */
  warn(code: string, text: string): void {
    if (events.warning.hasSubscribers) events.warning.publish({ code, service: this.upstream.service, text })
  }
}
