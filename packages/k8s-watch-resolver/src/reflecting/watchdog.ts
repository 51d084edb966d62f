/**
 * Tells a dead stream from a quiet one. A healthy server says something about once a minute (bookmarks, KEP-956 and KEP-3157), and over HTTP/2 it answers
 * pings; what has said nothing for much longer is half open and would stay so (kubernetes/client-go#374: up to 30 minutes).
 */
import type { Clock, Random } from '@evenkeel/core'

// 2.5 times a bookmark a minute, before the period of this server is known.
const firstQuietMs = 150_000
const periods = 2.5
// A server that sends bookmarks often is not expected to keep doing so under load.
const leastQuietMs = 60_000
// Beyond the time for which the server was asked to go on.
const overtimeMs = 15_000

/** Watches one stream until it is disposed. */
export class Watchdog implements Disposable {
  readonly #clock: Clock
  readonly #jitter: number
  readonly #aliveAt: () => number
  readonly #bite: (error: Error) => void
  readonly #endsAt: number
  #bookmarkAt: number | undefined
  #quietMs = firstQuietMs
  #timer: Disposable | undefined

  /**
   * @param aliveAt when the stream last proved to be alive
   * @param seconds for which the server was asked to go on
   * @param bite called once, when it is taken for dead
   */
  constructor(clock: Clock, random: Random, aliveAt: () => number, seconds: number, bite: (error: Error) => void) {
    this.#clock = clock
    // Streams that die together are found at different times.
    this.#jitter = 1 + random.next() * 0.2
    this.#aliveAt = aliveAt
    this.#bite = bite
    this.#endsAt = clock.now() + seconds * 1_000 + overtimeMs
    this.#look()
  }

  /** A bookmark has come: the time between two says how long silence may last. */
  bookmark(): void {
    const now = this.#clock.now()
    if (this.#bookmarkAt !== undefined)
      this.#quietMs = Math.min(firstQuietMs, Math.max(leastQuietMs, (now - this.#bookmarkAt) * periods))
    this.#bookmarkAt = now
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
  }

  #look(): void {
    const now = this.#clock.now()
    const quietMs = now - this.#aliveAt()
    const mostMs = this.#quietMs * this.#jitter
    if (quietMs >= mostMs)
      this.#bite(new Error(`nothing came for ${Math.round(quietMs / 1_000)} s: the connection is taken for dead`))
    else if (now >= this.#endsAt) this.#bite(new Error('the server did not end the watch when its time was over'))
    else this.#timer = this.#clock.after(Math.min(mostMs - quietMs, this.#endsAt - now), () => this.#look())
  }
}
