/**
 * Follows one collection of an API server: what is there, and every change, through ends, failures and relists of the watch. The observer's state is never
 * taken away: it is replaced at once when everything is known anew.
 *
 * `observe` (one request for all objects and their changes, KEP-3157; or a list and a watch) -> `live` -> `resume` from the last safe version, or `relist`
 * when that version is lost. Rules W-01 to W-28 are tests of the conformance suite.
 */
import type { Clock, EvenkeelError, Random } from '@evenkeel/core'
import type { ApiServer } from '../access/api-server.ts'
import { list } from './asking/list.ts'
import { type Collection, watchListPath, watchPath, watchSeconds } from './asking/question.ts'
import { Refusal } from './asking/status.ts'
import { Backoff } from './backoff.ts'
import { Deadline } from './deadline.ts'
import { failureOf, type Subject } from './failure.ts'
import { type ApiObject, type Change, endsInitialEvents, keyOf, type WatchEvent } from './object.ts'
import { pause } from './pause.ts'
import { isOurWait, reactionTo } from './reaction.ts'
import type { ReflectorReport } from './report.ts'
import { Stream } from './stream.ts'
import { Wait } from './wait.ts'

/** Hears what a reflector learns. Nothing may throw. */
export interface ReflectorObserver<T> {
  /**
   * An object of an observation under way, which may come to nothing: what can be made of it so early is not made at the end, of all at once.
   * @returns what stands for it in `replaced`, and is kept until then
   */
  arrived(object: T): T
  /** All objects, completely observed: at first, and after every relist. */
  replaced(objects: readonly T[]): void
  /** What one piece of the stream says, in order. */
  changed(changes: readonly Change<T>[]): void
  /** It does not get on; what is known may be old. Said again when the reason changes. */
  failed(error: EvenkeelError): void
  /** It gets on again from where it was. */
  recovered(): void
}

/** What a server turned out to understand; shared by all reflectors of the server. */
export interface Manners {
  /** Whether a watch may begin with all objects. */
  watchList: boolean
}

/** What a reflector is made of. */
export interface ReflectorOptions<T> {
  readonly server: ApiServer
  readonly collection: Collection
  /** What is asked for, in the words of errors. */
  readonly subject: Subject
  readonly manners: Manners
  readonly observer: ReflectorObserver<T>
  readonly clock: Clock
  readonly random: Random
  /** What a line of a watch says, where that is known more quickly than by `JSON.parse`. @defaultValue `JSON.parse` */
  readonly parse?: ((line: string) => unknown) | undefined
  /** It is in another phase than before. @defaultValue nobody is told */
  readonly turned?: (() => void) | undefined
}

// client-go: a watch that ends at once is a failure, whatever its status.
const shortestMs = 1_000
// A proxy that accepts everything gives up sooner.
const settledMs = 5_000
// Failures in a row, of those that pass by themselves as a rule.
const toldFailures = 2

/** Follows a collection until it is closed. */
export class Reflector<T extends ApiObject> {
  readonly #options: ReflectorOptions<T>
  readonly #backoff: Backoff
  readonly #wait: Wait
  readonly #control = new AbortController()
  readonly #done: Promise<void>
  #phase: ReflectorReport['phase'] = 'observing'
  #version: string | undefined
  // Lists begin out of the server's cache; never again from before what was seen.
  #listVersion = '0'
  #stream: Stream<T> | undefined
  #aliveAt = Number.NEGATIVE_INFINITY
  #eventAt = Number.NEGATIVE_INFINITY
  #observations = 0
  #resumes = 0
  #bookmarks = 0
  #events = 0
  #error: EvenkeelError | undefined
  // A token was refused since it last got on.
  #hasRenewed = false

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#backoff = new Backoff(options.clock, options.random)
    this.#wait = new Wait(options.clock, options.random)
    this.#done = this.#run()
  }

  /** When the source last proved to be alive; -Infinity before that. */
  get aliveAt(): number {
    return Math.max(this.#aliveAt, this.#stream?.aliveAt ?? Number.NEGATIVE_INFINITY)
  }

  /** How it stands. */
  inspect(): ReflectorReport {
    const now = this.#options.clock.now()
    return {
      phase: this.#phase,
      version: this.#version,
      aliveAgeMs: now - this.aliveAt,
      eventAgeMs: now - this.#eventAt,
      observations: this.#observations,
      resumes: this.#resumes,
      bookmarks: this.#bookmarks,
      events: this.#events,
      failures: this.#backoff.failures,
      error: this.#error,
    }
  }

  /** Somebody misses news: a long wait of our own for the next attempt is cut short. A stream that stands brings them by itself. */
  hurry(): void {
    this.#wait.hurry()
  }

  /** Ends it; nothing is heard afterwards, and no request or timer is left. */
  async close(): Promise<void> {
    this.#enter('closed')
    this.#control.abort(new Error('the reflector was closed'))
    await this.#done
  }

  async #run(): Promise<void> {
    const { signal } = this.#control
    // The constructor returns before anything is heard.
    await undefined
    if (!signal.aborted) this.#options.turned?.()
    while (!signal.aborted) {
      try {
        await this.#round()
      } catch (error) {
        if (signal.aborted) return
        const delayMs = this.#react(error)
        this.#enter('waiting')
        if (isOurWait(error)) await this.#wait.over(delayMs, signal)
        else await pause(this.#options.clock, delayMs, signal)
      }
    }
  }

  /** One observation or one watch; returns when the server ended it in order. */
  async #round(): Promise<void> {
    const { collection, manners, random } = this.#options
    const seconds = watchSeconds(random)
    if (this.#version !== undefined) {
      this.#resumes++
      this.#enter('resuming')
      await this.#follow(watchPath(collection, this.#version, seconds), seconds)
      return
    }
    this.#enter('observing')
    if (manners.watchList) {
      await this.#follow(watchListPath(collection, seconds), seconds, new Map())
      return
    }
    const { objects, version } = await list<T>(this.#options, collection, this.#listVersion, this.#control.signal)
    if (this.#control.signal.aborted) return
    this.#observed(objects, version)
    await this.#follow(watchPath(collection, version, seconds), seconds)
  }

  /** @param initial objects before they are complete @defaultValue the watch goes on from a version */
  async #follow(path: string, seconds: number, initial?: Map<string, T>): Promise<void> {
    const { server, clock, random, parse } = this.#options
    using stream = new Stream<T>({ server, path, seconds, clock, random, parse, signal: this.#control.signal })
    this.#stream = stream
    using deadline = new Deadline(clock, stream, initial !== undefined)
    // A quiet watch that lasts is as good as one that speaks.
    const settled = clock.after(settledMs, () => {
      if (initial === undefined) this.#getsOn()
    })
    let pending = initial
    try {
      for await (const batch of stream.events()) {
        if (this.#control.signal.aborted) return
        const rest = pending === undefined ? batch : this.#collect(batch, pending)
        if (rest === undefined) continue
        pending = undefined
        deadline[Symbol.dispose]()
        this.#live(rest)
      }
    } catch (error) {
      // What the server does not take, or never completes, is asked for in two requests from now on.
      if (pending !== undefined && (deadline.isOver || (error instanceof Refusal && error.kind === 'invalid'))) {
        this.#options.manners.watchList = false
        return
      }
      throw error
    } finally {
      settled[Symbol.dispose]()
      this.#aliveAt = this.aliveAt
      this.#stream = undefined
    }
    if (pending !== undefined) throw new Error('the watch ended before all objects had come')
    if (stream.ageMs < shortestMs) throw new Error('the watch ended at once')
  }

  /** Takes initial events. @returns what comes behind them once they are complete */
  #collect(batch: readonly WatchEvent<T>[], pending: Map<string, T>): readonly WatchEvent<T>[] | undefined {
    for (const [at, { type, object }] of batch.entries()) {
      if (type === 'BOOKMARK' && endsInitialEvents(object)) {
        const objects = [...pending.values()]
        // The watch goes on for minutes, and would keep them.
        pending.clear()
        this.#observed(objects, object.metadata?.resourceVersion ?? '')
        return batch.slice(at + 1)
      }
      if (type === 'DELETED') pending.delete(keyOf(object))
      else if (type !== 'BOOKMARK') pending.set(keyOf(object), this.#options.observer.arrived(object))
    }
    return undefined
  }

  #live(batch: readonly WatchEvent<T>[]): void {
    this.#getsOn()
    const changes: Change<T>[] = []
    for (const { type, object } of batch) {
      this.#version = object.metadata?.resourceVersion ?? this.#version
      if (type === 'BOOKMARK') this.#bookmarks++
      else changes.push({ kind: type === 'DELETED' ? 'gone' : 'set', object })
    }
    if (changes.length === 0) return
    this.#events += changes.length
    this.#eventAt = this.#options.clock.now()
    this.#options.observer.changed(changes)
  }

  #observed(objects: readonly T[], version: string): void {
    this.#version = version
    this.#listVersion = version
    this.#observations++
    this.#eventAt = this.#options.clock.now()
    this.#backoff.reset()
    this.#hasRenewed = false
    this.#error = undefined
    this.#enter('live')
    this.#options.observer.replaced(objects)
  }

  #getsOn(): void {
    this.#enter('live')
    this.#backoff.reset()
    this.#hasRenewed = false
    if (this.#error === undefined) return
    this.#error = undefined
    this.#options.observer.recovered()
  }

  #enter(phase: ReflectorReport['phase']): void {
    if (this.#phase === phase || this.#phase === 'closed') return
    this.#phase = phase
    this.#options.turned?.()
  }

  /** @returns how long to wait, in ms */
  #react(cause: unknown): number {
    // A server that has forgotten our version is well again: the wait for one that was away would be for nothing. Without a version it is not said twice in a row.
    if (cause instanceof Refusal && cause.kind === 'expired' && this.#version !== undefined) this.#backoff.reset()
    const backoffMs = this.#backoff.next()
    const { failures } = this.#backoff
    const { random } = this.#options
    const facts = { backoffMs, failures, hasRenewed: this.#hasRenewed, random }
    const { from, delayMs, weight } = reactionTo(cause, facts)
    if (from !== 'version') this.#version = undefined
    if (from === 'anywhere') this.#listVersion = ''
    if (cause instanceof Refusal && cause.kind === 'unauthorized') {
      this.#options.server.renew()
      this.#hasRenewed = true
    }
    // One failure is an everyday thing while there is a list; from the second on it may be old.
    if (weight === 'grave' || this.#observations === 0 || (weight === 'usual' && failures >= toldFailures))
      this.#tell(cause)
    return delayMs
  }

  #tell(cause: unknown): void {
    const { server, subject, observer } = this.#options
    this.#error = failureOf(cause, server.url, subject)
    observer.failed(this.#error)
  }
}
