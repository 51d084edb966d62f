/**
 * The calls that a server works on, unary and streaming alike, seen as HTTP/2 streams: without an interceptor, and whatever handler they have.
 * Watches of health are no work and are not counted; they never end by themselves.
 */

import type { ServerHttp2Stream } from 'node:http2'
import { healthPath } from './messages.ts'

// UNAVAILABLE: the code that clients retry. What `forceShutdown` of grpc-js makes of a cut call, CANCELLED, is not.
const cutStatus = { 'grpc-status': '14', 'grpc-message': 'the time for the drain is over' }
const cutHead = { ':status': 200, 'content-type': 'application/grpc+proto', ...cutStatus }

/** The open calls of one server. */
export class Calls implements Disposable {
  readonly #open = new Set<ServerHttp2Stream>()
  readonly #onClose: (this: ServerHttp2Stream) => void

  /** @param ended called when a call has ended in any way */
  constructor(ended: () => void) {
    const open = this.#open
    // One function for all calls instead of a closure for each.
    this.#onClose = function (this: ServerHttp2Stream): void {
      open.delete(this)
      ended()
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size
  }

  /** Counts it until it has closed, unless it belongs to health. */
  add(stream: ServerHttp2Stream, path: string): void {
    if (path.startsWith(healthPath)) return
    this.#open.add(stream)
    stream.once('close', this.#onClose)
  }

  /** Ends every open call with UNAVAILABLE. */
  cut(): void {
    for (const stream of this.#open) cutShort(stream)
  }

  /** Forgets all. */
  [Symbol.dispose](): void {
    for (const stream of this.#open) stream.off('close', this.#onClose)
    this.#open.clear()
  }
}

function cutShort(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed || stream.writableEnded) return
  if (stream.headersSent) {
    // A head of grpc-js always announces trailers. They come after the messages that are on their way.
    stream.prependOnceListener('wantTrailers', () => {
      stream.sendTrailers(cutStatus)
      mute(stream)
    })
    stream.end()
  } else {
    stream.respond(cutHead, { endStream: true })
    mute(stream)
  }
}

/** A handler that answers in the same moment must not throw where nobody catches. */
function mute(stream: ServerHttp2Stream): void {
  const nothing = { value: () => undefined, configurable: true }
  Object.defineProperties(stream, { respond: nothing, sendTrailers: nothing })
}
