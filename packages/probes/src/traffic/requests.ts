/**
 * The requests that the servers work on, and what their answers say about this process: a load report to whoever asked for
 * one, and on every answer of a leaving process that the connection ends and why.
 *
 * An undisturbed request that asks for nothing costs an entry in a set and a listener; its answer is left as it is.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { drainHeader, loadHeader } from '@evenkeel/core'
import type { ProbedServer } from '../options.ts'
import { addAtHead, type Header } from './answer-head.ts'

// RFC 9112 §9.6 for the connection, and our explicit sign: a bare `Connection: close` may have other reasons.
const farewell: readonly Header[] = [
  ['connection', 'close'],
  [drainHeader, '1'],
]

/** What `Requests` needs from its surroundings. */
export interface RequestsOptions {
  readonly servers: readonly ProbedServer[]
  /** The text of the load report, for an answer that is about to begin. */
  readonly report: () => string
  /** Called when a request has ended in any way. */
  readonly ended: () => void
}

/** Counts from its making until it is disposed. */
export class Requests implements Disposable {
  readonly #options: RequestsOptions
  readonly #open = new Set<ServerResponse>()
  readonly #onClose: (this: ServerResponse) => void
  #mode: 'staying' | 'leaving' | 'off' = 'staying'

  constructor(options: RequestsOptions) {
    this.#options = options
    const open = this.#open
    // One function for all answers instead of a closure for each.
    this.#onClose = function (this: ServerResponse): void {
      open.delete(this)
      options.ended()
    }
    // First in line, so that the answer is not written before it is seen here.
    for (const server of options.servers) server.prependListener('request', this.#onRequest)
  }

  /** Requests whose answer has not ended. */
  get inFlight(): number {
    return this.#open.size
  }

  /** From now on every head says that this process is leaving, also those of requests that began before. */
  leave(): void {
    this.#mode = 'leaving'
    for (const response of this.#open)
      if (!response.headersSent && !this.#asked(response)) addAtHead(response, this.#headers)
  }

  [Symbol.dispose](): void {
    this.#mode = 'off'
    for (const server of this.#options.servers) server.off('request', this.#onRequest)
    for (const response of this.#open) response.off('close', this.#onClose)
    this.#open.clear()
  }

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // A server may hand its requests on to another one of ours.
    if (this.#open.has(response)) return
    this.#open.add(response)
    response.once('close', this.#onClose)
    if (request.headers[loadHeader] !== undefined) addAtHead(response, () => [...this.#headers(), ...this.#report()])
    else if (this.#mode === 'leaving') addAtHead(response, this.#headers)
  }

  readonly #headers = (): readonly Header[] => (this.#mode === 'leaving' ? farewell : [])

  #report(): readonly Header[] {
    return this.#mode === 'off' ? [] : [[loadHeader, this.#options.report()]]
  }

  #asked(response: ServerResponse): boolean {
    return response.req.headers[loadHeader] !== undefined
  }
}
