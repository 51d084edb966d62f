/**
 * Clients that watch how a service stands (gRFC A17). One timer serves all of them, and only while there are any; a client that does not
 * read gets the newest standing when it reads again, not all of them.
 */
import type { Clock } from '@evenkeel/core'
import type { ServerWritableStream } from '@grpc/grpc-js'
import type { HealthRequest, ServingStatus } from './messages.ts'
import type { Standings } from './standing.ts'

/** The call of a watcher. */
export type WatchCall = ServerWritableStream<HealthRequest, ServingStatus>

// A check runs at most once a second: more often would tell nothing new.
const everyMs = 1_000
const unavailable = 14

/** What `Watches` needs from its surroundings. */
export interface WatchesOptions {
  /** What watchers are told. */
  readonly standings: Standings
  /** Where time comes from. */
  readonly clock: Clock
  /** How many there may be at a time. */
  readonly maxWatches: number
}

/** The watchers of one server. */
export class Watches implements Disposable {
  readonly #options: WatchesOptions
  /** With what each was told last. */
  readonly #open = new Map<WatchCall, ServingStatus | undefined>()
  #timer: Disposable | undefined
  #mode: 'open' | 'ended' = 'open'

  constructor(options: WatchesOptions) {
    this.#options = options
  }

  /** False if there are too many already. */
  add(call: WatchCall): boolean {
    if (this.#open.size >= this.#options.maxWatches) return false
    this.#open.set(call, undefined)
    call.on('cancelled', () => this.#forget(call))
    call.on('close', () => this.#forget(call))
    call.on('drain', () => void this.#look(call))
    if (this.#mode === 'ended') this.end()
    else void this.#look(call)
    this.#timer ??= this.#options.clock.after(everyMs, this.#lookAround)
    return true
  }

  /** Tells all how they stand without asking anybody, and ends their calls: they would keep connections open for ever. */
  end(): void {
    this.#mode = 'ended'
    for (const call of [...this.#open.keys()]) {
      this.#tell(call, this.#options.standings.now(call.request.service))
      this.#forget(call)
      call.emit('error', { code: unavailable, details: 'the server is leaving' })
    }
  }

  /** Forgets all, without a word. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#open.clear()
  }

  readonly #lookAround = (): void => {
    this.#timer = this.#options.clock.after(everyMs, this.#lookAround)
    // Checks that several of them depend on run once.
    for (const call of this.#open.keys()) void this.#look(call)
  }

  async #look(call: WatchCall): Promise<void> {
    this.#tell(call, await this.#options.standings.ask(call.request.service))
  }

  #tell(call: WatchCall, standing: ServingStatus = 'SERVICE_UNKNOWN'): void {
    if (!this.#open.has(call) || this.#open.get(call) === standing || call.writableNeedDrain) return
    this.#open.set(call, standing)
    call.write(standing)
  }

  #forget(call: WatchCall): void {
    this.#open.delete(call)
    if (this.#open.size > 0) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }
}
