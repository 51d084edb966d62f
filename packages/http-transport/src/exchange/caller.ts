/**
 * The caller's side of a request: what it wants of the call, its handler, and the one stable controller that it gets at once and keeps over all attempts, so that an abort and back-pressure
 * work at every moment, also while nothing has been sent.
 */
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { CallOptions } from '../options.ts'
import type { Headers } from './answer.ts'
import { type ExchangeOptions, isRepeatable } from './request-options.ts'

type Controller = Dispatcher.DispatchController
type Raw = NonNullable<Controller['rawHeaders']> | null

// Shared, since most requests ask for nothing of the kind.
const unasked: CallOptions = {}

/** What the caller holds on to. `Exchange` adds what happens behind it. */
export abstract class Caller implements Controller {
  readonly hashKey: string | undefined
  readonly priority: number
  readonly policy: string | undefined
  readonly repeatable: boolean
  paused = false
  reason: Error | null = null
  rawHeaders: Raw = null
  rawTrailers: Raw = null
  protected readonly handler: Dispatcher.DispatchHandler

  constructor(options: ExchangeOptions, handler: Dispatcher.DispatchHandler) {
    const { hashKey, priority = 0, policy } = options.evenkeel ?? unasked
    this.hashKey = hashKey
    this.priority = priority
    this.policy = policy
    this.repeatable = isRepeatable(options)
    this.handler = handler
  }

  get aborted(): boolean {
    return this.reason !== null
  }

  abstract abort(reason: Error): void
  abstract pause(): void
  abstract resume(): void

  // What is told to the caller while an attempt is under way.

  informed(
    attempt: { readonly controller: Controller | undefined },
    status: number,
    headers: Headers,
    text?: string,
  ): void {
    this.tellHead(attempt.controller, status, headers, text)
  }

  data(chunk: Buffer): void {
    this.handler.onResponseData?.(this, chunk)
  }

  bodySent(chunk: Buffer): void {
    this.handler.onBodySent?.(chunk)
  }

  requestSent(): void {
    this.handler.onRequestSent?.()
  }

  responseStarted(): void {
    this.handler.onResponseStarted?.()
  }

  tellHead(from: Controller | undefined, status: number, headers: Headers, text: string | undefined): void {
    this.rawHeaders = from?.rawHeaders ?? null
    this.handler.onResponseStart?.(this, status, headers, text)
  }

  tellUpgrade(from: Controller | undefined, status: number, headers: Headers, socket: Duplex): void {
    this.rawHeaders = from?.rawHeaders ?? null
    try {
      this.handler.onRequestUpgrade?.(this, status, headers, socket)
    } catch (error) {
      socket.destroy()
      this.handler.onResponseError?.(this, error as Error)
    }
  }

  /** A handler that throws here hears of its own error, as undici does it: its retry interceptor throws the answers that it tries again. */
  tellEnd(from: Controller | undefined, trailers: Headers): void {
    this.rawTrailers = from?.rawTrailers ?? null
    try {
      this.handler.onResponseEnd?.(this, trailers)
    } catch (error) {
      this.handler.onResponseError?.(this, error as Error)
    }
  }
}
