/**
 * One attempt of a request on one peer: hears undici's events of it, settles its pick exactly once, and gives its connection back. What it means for the
 * request is decided in `exchange.ts`.
 */
import type { Duplex } from 'node:stream'
import { answeredCancelled, type Clock, type Outcome, type Phase, type Pick } from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import type { Connection } from '../connections/connection.ts'
import type { PeerConnections } from '../connections/peer-connections.ts'
import { type Headers, saysClose, saysDrain } from './answer.ts'
import { asksToClose } from './request-options.ts'

/** What an attempt tells its request. */
export interface AttemptOwner {
  /** Bytes are about to leave. */
  begun(attempt: Attempt, controller: Dispatcher.DispatchController): void
  /** An informational head, 1xx. */
  informed(attempt: Attempt, status: number, headers: Headers, text: string | undefined): void
  /** The final head. */
  answered(attempt: Attempt, status: number, headers: Headers, text: string | undefined): void
  upgraded(attempt: Attempt, status: number, headers: Headers, socket: Duplex): void
  data(chunk: Buffer): void
  /** The answer is complete; the pick is settled. */
  completed(attempt: Attempt, trailers: Headers): void
  /** It has failed; the pick is not settled yet, since the request knows whose fault it was. */
  failed(attempt: Attempt, error: Error): void
  bodySent(chunk: Buffer): void
  requestSent(): void
  responseStarted(): void
}

// An answer that is not passed on is read to its end, to keep the connection, unless it is larger or slower than a new connection would cost.
const discardBytes = 65_536
const discardMs = 1_000

/** Handed to undici as the handler. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly pick: Pick
  readonly connection: Connection
  readonly connections: PeerConnections
  /** Monotonic milliseconds of the pick. */
  readonly startedAt: number
  phase: Phase = 'connect'
  /** What the pick settles with when the answer is complete. */
  outcome: Outcome = answeredCancelled
  controller: Dispatcher.DispatchController | undefined
  readonly #owner: AttemptOwner
  /** Runs while the answer is read and dropped. */
  #discarding: Disposable | undefined
  #discarded = 0
  #over = false

  constructor(owner: AttemptOwner, pick: Pick, connections: PeerConnections, origin: string, startedAt: number) {
    this.#owner = owner
    this.pick = pick
    this.connections = connections
    this.connection = connections.acquire(origin)
    this.startedAt = startedAt
  }

  /** Whether bytes may have left. */
  get sent(): boolean {
    return this.phase !== 'connect'
  }

  /** For how long this process could not look since the pick. Ask before the pick settles. */
  lagMs(now: number): number {
    return Math.max(0, now - this.startedAt - this.pick.ageMs())
  }

  /** Whether this head says that the server is going: by the explicit sign, or by closing a second connection within a second. */
  saysLeaving(headers: Headers, request: Dispatcher.DispatchOptions, now: number): boolean {
    const closing = saysClose(headers) && !asksToClose(request) && this.connections.closeSaid(this.connection, now)
    return closing || saysDrain(headers)
  }

  /** Ends the attempt without its answer: the pick settles, the connection goes. Nothing more is heard of it. */
  abandon(outcome: Outcome, error: Error): void {
    if (this.#over) return
    this.end(outcome)
    this.connections.discard(this.connection, error)
  }

  /** The rest of the answer is read and dropped, whether the caller has paused or not; the pick settles with its end. */
  discard(clock: Clock): void {
    this.#discarding = clock.after(discardMs, () => this.abandon(this.outcome, notWanted()))
    this.controller?.resume()
  }

  /** Settles the pick and ends the hearing. The connection must be given back besides. */
  end(outcome: Outcome): void {
    this.#over = true
    this.#discarding?.[Symbol.dispose]()
    this.pick.settle(outcome)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.#over) return
    this.phase = 'sent'
    this.pick.started()
    this.#owner.begun(this, controller)
  }

  onRequestUpgrade(_controller: Dispatcher.DispatchController, status: number, headers: Headers, socket: Duplex): void {
    if (this.#over) {
      socket.destroy()
      return
    }
    this.phase = 'body'
    this.#owner.upgraded(this, status, headers, socket)
  }

  onResponseStarted(): void {
    if (!this.#over) this.#owner.responseStarted()
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#over) this.#owner.bodySent(chunk)
  }

  onRequestSent(): void {
    if (this.#over) return
    this.phase = 'head'
    this.#owner.requestSent()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers, text?: string): void {
    if (this.#over) return
    if (status < 200) {
      this.#owner.informed(this, status, headers, text)
      return
    }
    this.phase = 'body'
    this.#owner.answered(this, status, headers, text)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    if (this.#discarding === undefined) this.#owner.data(chunk)
    else {
      this.#discarded += chunk.byteLength
      if (this.#discarded > discardBytes) this.abandon(this.outcome, notWanted())
    }
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: Headers): void {
    if (this.#over) return
    // The connection first: the room that settling makes may be taken at once.
    this.connections.release(this.connection)
    this.end(this.outcome)
    if (this.#discarding === undefined) this.#owner.completed(this, trailers)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null | undefined, error: Error): void {
    if (this.#over) return
    if (this.#discarding === undefined) this.#owner.failed(this, error)
    else this.abandon(this.outcome, error)
  }
}

function notWanted(): Error {
  return new Error('the answer is not wanted')
}
