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

/** Handed to the pass-through dispatcher as the handler; passes every event on with the caller's own controller, up to the first last one. */
export class Passage implements Dispatcher.DispatchHandler {
  readonly #owner: PassageOwner
  readonly #handler: Dispatcher.DispatchHandler
  #controller: Controller | undefined
  #over = false

  constructor(owner: PassageOwner, handler: Dispatcher.DispatchHandler) {
    this.#owner = owner
    this.#handler = handler
  }

  /** Hands the request over. A dispatcher that throws has failed it: this may run from a timer, where nobody could catch. */
  begin(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions): void {
    try {
      dispatcher.dispatch(options, this)
    } catch (error) {
      this.onResponseError(undefined, error as Error)
    }
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  /** The caller is told by its request, at once; the other dispatcher as soon as it has given its controller. Nothing more is heard of it. */
  abort(reason: Error): void {
    this.#over = true
    this.#controller?.abort(reason)
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#owner.reason !== null) controller.abort(this.#owner.reason)
    else if (this.#owner.paused) controller.pause()
  }

  onRequestUpgrade(controller: Controller, status: number, headers: Headers, socket: Duplex): void {
    if (this.#over) {
      socket.destroy()
      return
    }
    this.#end()
    this.#owner.tellUpgrade(controller, status, headers, socket)
  }

  onResponseStarted(): void {
    if (!this.#over) this.#handler.onResponseStarted?.()
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#over) this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    if (!this.#over) this.#handler.onRequestSent?.()
  }

  onResponseStart(controller: Controller, status: number, headers: Headers, text?: string): void {
    if (this.#over) return
    this.#owner.tellHead(controller, status, headers, text)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (!this.#over) this.#handler.onResponseData?.(this.#owner, chunk)
  }

  onResponseEnd(controller: Controller, trailers: Headers): void {
    if (this.#over) return
    this.#end()
    this.#owner.tellEnd(controller, trailers)
  }

  onResponseError(_controller: Controller | null | undefined, error: Error): void {
    if (this.#over) return
    this.#end()
    this.#handler.onResponseError?.(this.#owner, error)
  }

  #end(): void {
    this.#over = true
    this.#owner.passed()
  }
}
