/**
 * All connections to one server under one trust. What TLS agrees upon decides: HTTP/2 with one session for all streams, another at the server's limit or
 * after its goodbye; else HTTP/1.1.
 */
import type { Socket } from 'node:net'
import type { Clock } from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import { ApiFailure } from './api-server.ts'
import { dial, spoken } from './connections/dial.ts'
import { getOver, poolOf } from './connections/http1.ts'
import type { Incoming, Outgoing } from './connections/incoming.ts'
import { Session, Unprocessed } from './connections/session.ts'
import type { Trust } from './credentials.ts'

/** What connections are made of. */
export interface ConnectionsOptions {
  readonly url: URL
  readonly trust: Trust
  readonly clock: Clock
  /** The way through a proxy, instead of connections of our own. */
  readonly dispatcher?: Dispatcher | undefined
}

/** Opened by the first request. */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #control = new AbortController()
  readonly #sessions = new Set<Session>()
  #dispatcher: Dispatcher | undefined
  #dialling: Dialling | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#dispatcher = options.dispatcher
    if (options.url.protocol === 'http:') this.#dispatcher ??= this.#pool()
  }

  /** @throws ApiFailure, or the reason of the signal */
  async get(outgoing: Outgoing): Promise<Incoming> {
    try {
      return await this.#send(outgoing)
    } catch (error) {
      // The server has not begun it: a goodbye has crossed the request, or it takes fewer streams than it said.
      if (error instanceof Unprocessed) return this.#send(outgoing)
      throw error
    }
  }

  /** For when there are others: requests that run go on, and it settles when the connections have ended with them. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions]
    for (const session of sessions) session.close()
    await Promise.all([...sessions.map(({ ended }) => ended), this.#dispatcher?.close()])
  }

  /** Ends everything. */
  async destroy(failure: ApiFailure): Promise<void> {
    this.#control.abort(failure)
    const sessions = [...this.#sessions]
    for (const session of sessions) session.destroy(failure)
    await Promise.all([...sessions.map(({ ended }) => ended), this.#dispatcher?.destroy(failure)])
  }

  async #send(outgoing: Outgoing): Promise<Incoming> {
    const { clock, url } = this.#options
    for (;;) {
      outgoing.signal.throwIfAborted()
      if (this.#dispatcher !== undefined) return getOver(this.#dispatcher, url.origin, outgoing, clock)
      for (const session of this.#sessions) if (session.hasRoom) return session.get(outgoing)
      await this.#connected(outgoing.signal)
    }
  }

  /** One attempt for all that wait; when none waits any more it is given up. */
  async #connected(signal: AbortSignal): Promise<void> {
    this.#dialling ??= new Dialling((given) => this.#open(given))
    const dialling = this.#dialling
    const leave = (): void => {
      if (!dialling.leave(signal.reason)) return
      // Whoever comes next begins another one, with nobody else's reason.
      if (this.#dialling === dialling) this.#dialling = undefined
    }
    dialling.waiting++
    signal.addEventListener('abort', leave, { once: true })
    try {
      await dialling.done
    } finally {
      signal.removeEventListener('abort', leave)
      if (this.#dialling === dialling) this.#dialling = undefined
    }
  }

  async #open(given: AbortSignal): Promise<void> {
    const { clock, url } = this.#options
    const socket = await this.#dial(['h2', 'http/1.1'], AbortSignal.any([given, this.#control.signal]))
    if (spoken(socket) === 'http/1.1') {
      this.#dispatcher = this.#pool(socket)
      return
    }
    const session = new Session(url, socket, clock)
    this.#sessions.add(session)
    void session.ended.then(() => this.#sessions.delete(session))
    const giveUp = (): void => session.destroy(new ApiFailure('closed', 'nobody waits for it'))
    given.addEventListener('abort', giveUp, { once: true })
    await session.ready.finally(() => given.removeEventListener('abort', giveUp))
    // Never to be used and so never to be asked for again at once: whoever asks backs off.
    if (!session.hasRoom) {
      const failure = new ApiFailure('reset', 'the server takes no request on a new connection')
      session.destroy(failure)
      throw failure
    }
  }

  #pool(first?: Socket): Dispatcher {
    let spare = first
    return poolOf(this.#options.url, async () => {
      const socket = spare
      spare = undefined
      if (socket !== undefined && !socket.destroyed) return socket
      return this.#dial(['http/1.1'], this.#control.signal)
    })
  }

  #dial(protocols: readonly ('h2' | 'http/1.1')[], signal: AbortSignal): Promise<Socket> {
    const { url, trust, clock } = this.#options
    return dial({ url, trust, protocols, clock, signal })
  }
}

/** A connection on its way, and how many wait for it. */
class Dialling {
  readonly #control = new AbortController()
  readonly done: Promise<void>
  waiting = 0

  constructor(open: (signal: AbortSignal) => Promise<void>) {
    this.done = open(this.#control.signal)
    this.done.catch(ignore)
  }

  /** One waits no more. Tells whether it was the last one. */
  leave(reason: unknown): boolean {
    if (--this.waiting > 0) return false
    this.#control.abort(reason)
    return true
  }
}

function ignore(): void {}
