/**
 * Connections, and how they are told that the server leaves without losing a call: first a GOAWAY that still allows every call, then a PING.
 * When its answer is here, the client has read the GOAWAY and opens nothing new, and what it opened before has arrived; only then comes
 * the GOAWAY that names the last call (RFC 9113 §6.8). The one GOAWAY that grpc-js sends refuses calls that are on their way.
 */

import type { ServerHttp2Session } from 'node:http2'
import type { Clock, Random } from '@evenkeel/core'

// The highest number of a stream: none is refused.
const everyStream = 2 ** 31 - 1
const noError = 0
// A client with open calls answers within a round trip. One of Node without any closes at the GOAWAY and does not answer: nothing is lost by waiting.
const answerMs = 1_000

/** What `Connections` needs from its surroundings. */
export interface ConnectionsOptions {
  /** Where time comes from. */
  readonly clock: Clock
  /** Where chance comes from. */
  readonly random: Random
  /** Called when a connection has closed. */
  readonly ended: () => void
}

interface Connection {
  timer: Disposable | undefined
  told: 'no' | 'yes'
  readonly closed: () => void
}

/** The open connections of one server. */
export class Connections implements Disposable {
  readonly #options: ConnectionsOptions
  readonly #open = new Map<ServerHttp2Session, Connection>()
  #mode: 'staying' | 'stopped' = 'staying'

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size
  }

  /** Counts it until it has closed. */
  add(session: ServerHttp2Session): void {
    if (this.#open.has(session)) return
    const closed = (): void => {
      this.#open.get(session)?.timer?.[Symbol.dispose]()
      this.#open.delete(session)
      this.#options.ended()
    }
    this.#open.set(session, { timer: undefined, told: 'no', closed })
    session.once('close', closed)
    // It was in the kernel's queue when listening ended. During the lame duck newcomers are left alone: they have just been told, or are new.
    if (this.#mode === 'stopped') this.#tell(session)
  }

  /** Tells each connection within `spreadMs`, evenly with jitter, so that their clients do not all connect anew in the same moment. */
  leave(spreadMs: number): void {
    const { clock, random } = this.#options
    const untold = [...this.#open].filter(([, { told }]) => told === 'no')
    for (const [index, [session, connection]] of untold.entries())
      connection.timer = clock.after((spreadMs * (index + random.next())) / untold.length, () => this.#tell(session))
  }

  /** Tells all that have not been told, and from now on each that comes. */
  stop(): void {
    this.#mode = 'stopped'
    for (const session of this.#open.keys()) this.#tell(session)
  }

  /** Ends everything that is left. */
  destroy(): void {
    for (const session of [...this.#open.keys()]) session.destroy()
  }

  /** Forgets all, and tells nobody any more. */
  [Symbol.dispose](): void {
    for (const [session, { timer, closed }] of this.#open) {
      timer?.[Symbol.dispose]()
      session.off('close', closed)
    }
    this.#open.clear()
  }

  #tell(session: ServerHttp2Session): void {
    const connection = this.#open.get(session)
    if (connection === undefined || connection.told === 'yes' || session.destroyed) return
    connection.told = 'yes'
    connection.timer?.[Symbol.dispose]()
    const close = (): void => {
      connection.timer?.[Symbol.dispose]()
      if (!session.destroyed && !session.closed) session.close()
    }
    session.goaway(noError, everyStream)
    session.ping(close)
    answerPings(session)
    connection.timer = this.#options.clock.after(answerMs, close)
  }
}

/**
 * Node refuses to send a PING on a connection that is closing, and the keepalive of grpc-js takes the refusal for a dead connection: it would
 * destroy the calls that are being waited for (grpc/grpc-node#3068 is the same on the client's side). The drain has a deadline; no keepalive is needed.
 */
function answerPings(session: ServerHttp2Session): void {
  type Answer = (error: Error | null, durationMs: number, payload: Buffer) => void
  const ping = session.ping as (...rest: unknown[]) => boolean
  const answered = (...rest: readonly unknown[]): boolean => {
    if (!session.closed || session.destroyed) return ping.apply(session, [...rest])
    const answer = rest.at(-1) as Answer
    queueMicrotask(() => answer(null, 0, Buffer.alloc(8)))
    return true
  }
  Object.defineProperty(session, 'ping', { value: answered, configurable: true })
}
