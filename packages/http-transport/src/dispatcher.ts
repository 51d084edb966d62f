/**
 * The undici Dispatcher of one target: every request goes to the best endpoint of the service at that moment.
 */
import { formatTarget, parseTarget, type Target, type UpstreamInspection, type Upstreams } from '@evenkeel/core'
import { Dispatcher } from 'undici'
import { modernHandler, modernOptions } from './built-in.ts'
import { makeComposable } from './composable.ts'
import { Exchange } from './exchange/exchange.ts'
import { type ExchangeOptions, rereadable } from './exchange/request-options.ts'
import { type PassThrough, Service } from './exchange/service.ts'
import { handedOver } from './handed-over.ts'
import { closedError, type HttpOptions, readSettings, readShared, type SharedOptions } from './options.ts'
import { countDispatcher } from './short-lived.ts'

/** Options of `BalancedDispatcher`. */
export type BalancedDispatcherOptions = HttpOptions & SharedOptions

const nowhere: PassThrough = () => undefined

/**
 * Works wherever undici takes a dispatcher (request, stream, pipeline, fetch, WebSocket, EventSource, `compose`) and with the fetch and WebSocket built into
 * Node. Make one per target and keep it; close it at the end.
 *
 * @example
 * ```ts run
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { roundRobin, staticEndpoints } from '@evenkeel/core'
 * import { BalancedDispatcher } from '@evenkeel/http-transport'
 *
 * const server = createServer((_, answer) => answer.end('three users')).listen(0, '127.0.0.1')
 * await once(server, 'listening')
 * const { port } = server.address() as AddressInfo
 * const resolver = staticEndpoints({ 'user-service': [`127.0.0.1:${port}`] })
 * const users = new BalancedDispatcher('user-service', { resolver, policies: [roundRobin()] })
 * const { statusCode, body } = await users.request({ path: '/users', method: 'GET' })
 * console.log(statusCode, await body.text())
 * await users.close()
 * server.close()
 * ```
 * ```text
 * 200 three users
 * ```
 */
export class BalancedDispatcher extends Dispatcher {
  readonly #service: Service
  readonly #origin: string
  readonly #shared: Upstreams
  readonly #own: boolean
  #closing: Promise<void> | undefined
  #destroyed = false

  /**
   * @throws EvenkeelError `EVENKEEL_INVALID_TARGET` for a text that is no target, `EVENKEEL_NOT_CLAIMED` for one that no resolver answers for,
   * `EVENKEEL_INVALID_OPTION`, and `EVENKEEL_CLOSED` for shared upstreams that were closed.
   */
  constructor(target: Target | string, options: BalancedDispatcherOptions) {
    super()
    makeComposable(this)
    const parsed = typeof target === 'string' ? parseTarget(target) : target
    const { shared, own } = readShared(options)
    this.#shared = shared
    this.#own = own
    const { passThrough, hooks } = handedOver(options)
    const settings = readSettings(options, shared.clock, hooks)
    this.#service = new Service(shared.of(parsed), settings, passThrough ?? nowhere)
    this.#origin = originOf(parsed)
    hooks?.begun(this.#service)
    // An agent makes one for each service, and anew for one that was unused for long: no mistake.
    if (passThrough === undefined) countDispatcher(this.#service, hooks?.label)
  }

  /** Whether `close` or `destroy` has been called. */
  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** Whether `destroy` has been called. */
  get destroyed(): boolean {
    return this.#destroyed
  }

  /** Requests under way and connections, idle and in all. */
  get stats(): { readonly running: number; readonly connected: number; readonly free: number } {
    const { active, connections } = this.#service
    return { running: active, connected: connections.size, free: connections.idle }
  }

  /** The endpoints of the service as this process sees them, and why. */
  inspect(): UpstreamInspection {
    return this.#service.upstream.inspect()
  }

  override dispatch(options: ExchangeOptions, handler: Dispatcher.DispatchHandler): boolean {
    const modern = modernHandler(handler)
    if (this.closed) {
      modern.onResponseError?.(null as never, closedError(this.#service.upstream.service))
      return false
    }
    const { origin } = options
    new Exchange(
      this.#service,
      origin === undefined ? this.#origin : typeof origin === 'string' ? origin : origin.origin,
      rereadable(modernOptions(options, modern !== handler)),
      modern,
    ).begin()
    return true
  }

  /** Takes no new requests, waits for those under way, leaves nothing open. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | void {
    this.#closing ??= this.#end(null)
    if (callback === undefined) return this.#closing
    void this.#closing.then(callback)
  }

  /** Ends all requests under way with the error. */
  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void>
  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> {
    const reason = typeof error === 'function' ? null : error
    const done = typeof error === 'function' ? error : callback
    if (!this.#destroyed) {
      this.#destroyed = true
      const cause = reason ?? closedError(this.#service.upstream.service)
      const graceful = this.#closing
      this.#service.abort(cause)
      this.#closing = graceful ?? this.#end(cause)
    }
    const ended = this.#closing as Promise<void>
    if (done !== undefined) void ended.then(done)
    return ended
  }

  async #end(error: Error | null): Promise<void> {
    await this.#service.idle()
    await this.#service.close(error)
    if (this.#own) await this.#shared[Symbol.asyncDispose]()
  }
}

/** The origin of requests that name none: what a caller inside the cluster would write. */
function originOf(target: Target): string {
  const { port } = target
  return `http://${formatTarget({ ...target, port: typeof port === 'number' ? port : undefined })}`
}
