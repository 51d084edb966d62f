/**
 * Sockets that have left HTTP, and how WebSockets among them are told that the process leaves: a close frame 1001 ("going
 * away", RFC 6455 §7.4.1), spread over the lame duck so that their clients do not all connect anew in the same moment.
 */

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock, Random } from '@evenkeel/core'
import type { ProbedServer } from '../options.ts'
import { listenAlong } from './listen-along.ts'

// FIN and opcode 8, two bytes unmasked, status 1001: RFC 6455 §5.5.1. A control frame may come between the frames of a message.
const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9])
// First byte of a close frame.
const closeFrame = 0x88
// How long a client may take to answer the close frame; a live one takes a round trip.
const answerMs = 1_000
// A handshake that is still being decided when its turn comes is looked at again this much later.
const againMs = 100

/** What `Upgrades` needs from its surroundings. */
export interface UpgradesOptions {
  readonly servers: readonly ProbedServer[]
  readonly clock: Clock
  readonly random: Random
  /** Called when an upgraded socket has closed. */
  readonly ended: () => void
}

/** One upgraded socket. */
interface Upgraded {
  readonly socket: Duplex
  readonly isWebSocket: boolean
  /** Bytes the server had sent before: no more means that the handshake is not answered yet. */
  readonly sentBytes: number
  timer: Disposable | undefined
  readonly closed: () => void
  readonly answered: (chunk: Buffer) => void
}

/** Watches from its making until it is disposed. */
export class Upgrades implements Disposable {
  readonly #options: UpgradesOptions
  readonly #open = new Map<Duplex, Upgraded>()
  readonly #watched: readonly Disposable[]
  #closeBy: number | undefined

  constructor(options: UpgradesOptions) {
    this.#options = options
    this.#watched = options.servers.map((server) => listenAlong(server, 'upgrade', this.#onUpgrade))
  }

  /** Upgraded sockets that have not closed. */
  get size(): number {
    return this.#open.size
  }

  /** Says goodbye to each WebSocket once within `spreadMs`, evenly with jitter, and to those that come later. */
  close(spreadMs: number): void {
    const { clock, random } = this.#options
    this.#closeBy = clock.now() + spreadMs
    const sockets = [...this.#open.values()].filter(({ isWebSocket }) => isWebSocket)
    for (const [index, upgraded] of sockets.entries())
      this.#closeIn(upgraded, (spreadMs * (index + random.next())) / sockets.length)
  }

  /** Ends everything that is left, without a word. */
  destroy(): void {
    for (const { socket } of this.#open.values()) socket.destroy()
  }

  [Symbol.dispose](): void {
    for (const watched of this.#watched) watched[Symbol.dispose]()
    for (const upgraded of this.#open.values()) forget(upgraded)
    this.#open.clear()
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex): void => {
    if (this.#open.has(socket)) return
    const upgraded: Upgraded = {
      socket,
      isWebSocket: request.headers.upgrade?.toLowerCase() === 'websocket',
      sentBytes: sentBytesOf(socket),
      timer: undefined,
      closed: () => {
        forget(upgraded)
        this.#open.delete(socket)
        this.#options.ended()
      },
      answered: (chunk) => {
        // The application's library hears of it first and usually ends the socket itself.
        if (chunk[0] === closeFrame) this.#later(upgraded, 0, () => end(socket))
      },
    }
    this.#open.set(socket, upgraded)
    socket.once('close', upgraded.closed)
    const { clock, random } = this.#options
    if (this.#closeBy !== undefined && upgraded.isWebSocket)
      this.#closeIn(upgraded, Math.max(0, this.#closeBy - clock.now()) * random.next())
  }

  #closeIn(upgraded: Upgraded, ms: number): void {
    this.#later(upgraded, ms, () => {
      const { socket, sentBytes, answered } = upgraded
      if (socket.destroyed || socket.writableEnded) return
      // A frame before the answer to the handshake would be no frame.
      if (sentBytesOf(socket) === sentBytes) return this.#closeIn(upgraded, againMs)
      socket.on('data', answered)
      socket.write(goingAway)
      this.#later(upgraded, answerMs, () => end(socket))
    })
  }

  #later(upgraded: Upgraded, ms: number, run: () => void): void {
    upgraded.timer?.[Symbol.dispose]()
    upgraded.timer = this.#options.clock.after(ms, run)
  }
}

function sentBytesOf(socket: Duplex): number {
  // Every socket of node:http and node:https is a net.Socket; the types promise less.
  return (socket as Socket).bytesWritten
}

/** Half-closes, and lets go once everything is with the kernel: the peer had its time to answer. */
function end(socket: Duplex): void {
  if (socket.writableFinished) socket.destroy()
  else socket.end(() => socket.destroy())
}

function forget(upgraded: Upgraded): void {
  upgraded.timer?.[Symbol.dispose]()
  upgraded.socket.off('close', upgraded.closed)
  upgraded.socket.off('data', upgraded.answered)
}
