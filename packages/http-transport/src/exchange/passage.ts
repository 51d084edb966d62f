/**
 * A request that goes to the pass-through dispatcher after all: its Service is absent, or discovery has never worked. Being a drop-in never makes a working
 * call fail. The caller keeps the controller that it got.
 */
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Headers } from './answer.ts'
import type { Caller } from './caller.ts'

type Controller = Dispatcher.DispatchController

/** What the request does with the events. */
export interface PassageOwner extends Caller {
  /** The last event has come. */
  passed(): void
}

/** Handed to the pass-through dispatcher as the handler; passes every event on with the caller's own controller. */
export class Passage implements Dispatcher.DispatchHandler {
  readonly #owner: PassageOwner
  readonly #handler: Dispatcher.DispatchHandler
  #controller: Controller | undefined

  constructor(owner: PassageOwner, handler: Dispatcher.DispatchHandler) {
    this.#owner = owner
    this.#handler = handler
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  /** True if the other dispatcher can be told; it will report the abort as an error then. */
  abort(reason: Error): boolean {
    this.#controller?.abort(reason)
    return this.#controller !== undefined
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#owner.reason !== null) controller.abort(this.#owner.reason)
    else if (this.#owner.paused) controller.pause()
  }

  onRequestUpgrade(controller: Controller, status: number, headers: Headers, socket: Duplex): void {
    this.#owner.rawHeaders = controller.rawHeaders ?? null
    this.#owner.passed()
    this.#handler.onRequestUpgrade?.(this.#owner, status, headers, socket)
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.()
  }

  onResponseStart(controller: Controller, status: number, headers: Headers, text?: string): void {
    this.#owner.rawHeaders = controller.rawHeaders ?? null
    this.#handler.onResponseStart?.(this.#owner, status, headers, text)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(this.#owner, chunk)
  }

  onResponseEnd(controller: Controller, trailers: Headers): void {
    this.#owner.rawTrailers = controller.rawTrailers ?? null
    this.#owner.passed()
    this.#handler.onResponseEnd?.(this.#owner, trailers)
  }

  onResponseError(_controller: Controller | null | undefined, error: Error): void {
    this.#owner.passed()
    this.#handler.onResponseError?.(this.#owner, error)
  }
}
