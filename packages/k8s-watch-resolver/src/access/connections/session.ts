/**
 * One HTTP/2 connection with the streams on it. A ping with a deadline tells a half-open one from a quiet one; a GOAWAY lets running streams go on and
 * takes no new ones (RFC 9113 §6.8).
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  sensitiveHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { PassThrough, pipeline } from 'node:stream'
import type { Clock } from '@evenkeel/core'
import { ApiFailure } from '../api-server.ts'
import { failureOf } from './failing.ts'
import type { Incoming, Outgoing } from './incoming.ts'

// client-go: a ping after 30 s without a frame, and 15 s for its answer.
const quietMs = 30_000
const answerMs = 15_000
// Of each stream. A list of 10,000 endpoints is 3.4 MB: with HTTP/2's 64 KiB it would take 50 round trips.
const windowBytes = 1_048_576

/** Thrown for a request that the server has not begun and never will: it may be sent again at once. */
export class Unprocessed extends ApiFailure {}

/** From a connected socket to its end. */
export class Session {
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #clock: Clock
  #streams = 0
  #aliveAt: number
  #failure: ApiFailure | undefined
  #timer: Disposable | undefined
  /** Settles when the server has said how many streams it takes. @throws ApiFailure */
  readonly ready: Promise<void>
  /** Settles when it has ended. */
  readonly ended: Promise<void>

  constructor(url: URL, socket: Socket, clock: Clock) {
    this.#clock = clock
    this.#socket = socket
    this.#aliveAt = clock.now()
    const session = connect(url.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: windowBytes },
    })
    this.#session = session
    session.on('error', (error) => this.#fail(failureOf(error)))
    session.on('ping', () => this.#heard())
    session.once('close', () => this.#timer?.[Symbol.dispose]())
    this.ended = new Promise((resolve) => {
      // It ends its socket and comes before it.
      socket.once('close', () => resolve())
    })
    this.ready = new Promise((resolve, reject) => {
      session.once('remoteSettings', () => {
        // Idle it does not keep the process alive; each stream does.
        session.unref()
        resolve()
      })
      session.once('close', () => reject(this.#failure ?? broken()))
    })
    this.ready.catch(ignore)
    // The connection to all streams together, beyond that of each.
    session.once('connect', () => session.setLocalWindowSize(4 * windowBytes))
    this.#watch()
  }

  /** Whether one more stream may be opened on it. */
  get hasRoom(): boolean {
    const { closed, destroyed, remoteSettings } = this.#session
    return !closed && !destroyed && this.#streams < (remoteSettings?.maxConcurrentStreams ?? 1)
  }

  /** Whether it takes no more streams, or soon none. */
  get isGoing(): boolean {
    return this.#session.closed || this.#session.destroyed
  }

  /** Opens a stream. @throws ApiFailure, or the reason of the signal */
  get({ path, headers, signal }: Outgoing): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const stream = this.#open(path, headers)
      if (stream instanceof ApiFailure) return reject(stream)
      const aborted = (): void => {
        reject(signal.reason)
        leave(stream, signal.reason)
      }
      let isOver = false
      const over = (): void => {
        if (!isOver) this.#left()
        isOver = true
      }
      signal.addEventListener('abort', aborted, { once: true })
      stream.on('error', ignore)
      stream.once('response', (answered) => {
        this.#heard()
        resolve(this.#incoming(stream, answered, over))
      })
      stream.once('close', () => {
        signal.removeEventListener('abort', aborted)
        reject(this.#ending(stream) ?? broken())
        over()
      })
    })
  }

  /** Takes no more streams; those that run go on. */
  close(): void {
    this.#session.close()
  }

  /** Ends it and all streams on it. */
  destroy(failure: ApiFailure): void {
    this.#fail(failure)
    // With the error, or its streams would end as if they were complete.
    this.#session.destroy(failure)
    this.#socket.destroy()
  }

  #open(path: string, headers: Readonly<Record<string, string>>): ClientHttp2Stream | ApiFailure {
    try {
      // The token is not to enter the table of the compression, where a guess could be confirmed (RFC 7541 §7.1).
      const sent = { ':path': path, ...headers, [sensitiveHeaders]: ['authorization'] }
      const stream = this.#session.request(sent, { endStream: true })
      if (this.#streams++ === 0) this.#session.ref()
      return stream
    } catch (error) {
      return this.isGoing ? new Unprocessed('reset', 'the server said goodbye', error) : failureOf(error)
    }
  }

  #incoming(stream: ClientHttp2Stream, answered: IncomingHttpHeaders, over: () => void): Incoming {
    stream.on('data', () => this.#heard())
    // Read from the first byte on: a stream whose connection goes is destroyed with all that has come and was not read.
    const source = pipeline(stream, new PassThrough(), ignore)
    source.on('error', ignore)
    return {
      status: Number(answered[':status']),
      header: (name) => answered[name]?.toString(),
      source,
      aliveAt: () => this.#aliveAt,
      heard: ignore,
      complete: () => {
        const failure = this.#ending(stream)
        if (failure !== undefined) throw failure
      },
      cancel: () => {
        leave(stream)
        source.destroy()
        over()
      },
    }
  }

  /** Why a stream has ended; undefined when it was in order. */
  #ending(stream: ClientHttp2Stream): ApiFailure | undefined {
    const code = stream.rstCode
    if (this.#failure !== undefined && code !== constants.NGHTTP2_NO_ERROR) return this.#failure
    if (code === constants.NGHTTP2_REFUSED_STREAM) return new Unprocessed('reset', 'the server took no further stream')
    if (stream.errored) return failureOf(stream.errored)
    if (code === undefined || code === constants.NGHTTP2_NO_ERROR) return undefined
    // A connection that ends is said to cancel its streams.
    return this.#session.destroyed ? broken() : broken(code)
  }

  #left(): void {
    if (--this.#streams > 0) return
    if (!this.#session.destroyed) this.#session.unref()
  }

  #heard(): void {
    this.#aliveAt = this.#clock.now()
  }

  #fail(failure: ApiFailure): void {
    this.#failure ??= failure
  }

  #watch(): void {
    // It may have been destroyed in this very turn, and says so in the next.
    if (this.#session.destroyed) return
    const leftMs = this.#aliveAt + quietMs - this.#clock.now()
    if (leftMs > 0) this.#timer = this.#clock.after(leftMs, () => this.#watch())
    // To know whether it lives would cost as much as a new one.
    else if (this.#streams === 0) this.close()
    else this.#ping()
  }

  #ping(): void {
    const before = this.#aliveAt
    this.#session.ping((error) => {
      if (error === null) this.#heard()
    })
    this.#timer = this.#clock.after(answerMs, () => {
      // The answer may lie in the kernel's buffer while this process was busy.
      this.#timer = this.#clock.afterPoll(() => {
        if (this.#aliveAt > before) this.#watch()
        else this.destroy(new ApiFailure('timeout', `a ping was not answered within ${answerMs / 1_000} s`))
      })
    })
  }
}

function leave(stream: ClientHttp2Stream, reason?: unknown): void {
  if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL)
  stream.destroy(reason instanceof Error ? reason : undefined)
}

function broken(code?: number): ApiFailure {
  return new ApiFailure('reset', `the connection broke${code === undefined ? '' : `: HTTP/2 error ${code}`}`)
}

function ignore(): void {}
