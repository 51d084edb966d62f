/**
 * One watch: what happened since a version, or all there is and then what happens, as lines of JSON until its time is over. A test can write into it at
 * any byte.
 */
import { labelSelector } from './label-selector.ts'
import { freshness, numberOf, type Place } from './list.ts'
import { type ApiResource, type StoredObject, shownAlone } from './objects.ts'
import { isOn, type Question, type SeenApiRequest } from './question.ts'
import type { ApiServeScript } from './script.ts'
import {
  type ApiStatus,
  expiredWatch,
  invalidOptions,
  invalidWatchedVersion,
  Refused,
  type StatusCause,
} from './status.ts'
import type { Change } from './store.ts'
import type { ApiConnection } from './wire/connection.ts'
import type { Outlet } from './wire/outlet.ts'

/** What an event says of its object. */
export type ApiEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

/** A watch that is or was open. What is written keeps its order; nothing is written any more once it has ended. */
export interface ApiWatch {
  /** What asked for it. */
  readonly request: SeenApiRequest
  /** What it runs on: to freeze, reset or say goodbye. Over HTTP/2 other requests may share it. */
  readonly connection: ApiConnection
  /** Whether anything can still be written. */
  readonly isOpen: boolean
  /**
   * Writes bytes as they are, in pieces that are flushed one by one.
   * @param cuts Offsets in bytes at which pieces begin, in rising order; also within a character. @defaultValue one piece
   */
  write(bytes: string | Uint8Array, cuts?: readonly number[]): Promise<void>
  /** Writes one event. @param cuts as for `write` */
  send(type: ApiEventType, object: object, cuts?: readonly number[]): Promise<void>
  /** Writes the last event again. */
  repeat(): Promise<void>
  /** Writes a bookmark of the version that the server is at. */
  bookmark(): Promise<void>
  /** Ends it as its time-out would. */
  end(): Promise<void>
  /** Ends it in the middle: over HTTP/1.1 the connection is reset, over HTTP/2 the stream. */
  reset(): void
}

/** An event as it stands in a watch. */
export function watchLine(type: ApiEventType, object: object): string {
  return `${JSON.stringify({ type, object })}\n`
}

/** What a watch of the server's own does by itself. */
export interface WatchHabits {
  /** How often a bookmark comes where they are allowed. */
  readonly bookmarkMs: number
  /** How long a watch lives that says nothing of it. */
  readonly lifeMs: number
  /** Whether the end of what a watch begins with is told. */
  readonly watchList: 'on' | 'off'
}

// The real server sends one shortly before a watch ends.
const lastBookmarkMs = 2_000

/** Looks at the options of a watch before its head is sent. @throws Refused 400, 422 or 500, as the real server */
export function checkWatchOptions({ query }: Question, watchList: 'on' | 'off'): void {
  const { resourceVersionMatch: match, sendInitialEvents } = query
  const causes: StatusCause[] = []
  const forbid = (field: string, message: string) =>
    causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field })
  if (sendInitialEvents === undefined && match !== undefined)
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (sendInitialEvents !== undefined && watchList === 'off')
    forbid('sendInitialEvents', 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled')
  if (match !== undefined && match !== 'NotOlderThan')
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${match}": supported values: "NotOlderThan"`,
      field: 'resourceVersionMatch',
    })
  if (causes.length > 0) throw invalidOptions(causes)
  labelSelector(query.labelSelector ?? '')
  const { resourceVersion = '' } = query
  if (!/^\d*$/.test(resourceVersion)) throw invalidWatchedVersion(resourceVersion)
}

/** A watch over one answer whose head has been sent. */
export class ServedWatch implements ApiWatch {
  readonly request: SeenApiRequest
  readonly connection: ApiConnection
  readonly #outlet: Outlet
  readonly #place: Place
  readonly #resource: ApiResource
  /** Timers, and the end of following. */
  readonly #habits: Disposable[] = []
  #last: string | Uint8Array = ''
  #tail: Promise<void> = Promise.resolve()
  #hasEnded = false

  constructor(request: SeenApiRequest, outlet: Outlet, resource: ApiResource, place: Place) {
    this.request = request
    this.connection = outlet.connection
    this.#outlet = outlet
    this.#resource = resource
    this.#place = place
    outlet.onClose(() => {
      for (const timer of this.#habits) timer[Symbol.dispose]()
    })
  }

  get isOpen(): boolean {
    return this.#outlet.isOpen && !this.#hasEnded
  }

  /** Called once when it is over, whatever ended it. */
  onClose(run: () => void): void {
    this.#outlet.onClose(run)
  }

  /** Sends what the real server would. Resolves when the initial events have been written. */
  async serve(question: Question, habits: WatchHabits, script: ApiServeScript): Promise<void> {
    try {
      await this.#begin(question, habits, script)
      this.#live(question, habits)
      await this.#tail
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      await this.#fail(error.status)
    }
  }

  write(bytes: string | Uint8Array, cuts: readonly number[] = []): Promise<void> {
    const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    const pieces = [0, ...cuts].map((from, index) => whole.subarray(from, cuts[index] ?? whole.length))
    this.#tail = this.#tail.then(async () => {
      for (const piece of pieces) if (piece.length > 0 && this.isOpen) await this.#outlet.write(piece)
    })
    return this.#tail
  }

  send(type: ApiEventType, object: object, cuts: readonly number[] = []): Promise<void> {
    this.#last = watchLine(type, object)
    return this.write(this.#last, cuts)
  }

  repeat(): Promise<void> {
    return this.write(this.#last)
  }

  bookmark(): Promise<void> {
    return this.#mark({})
  }

  end(): Promise<void> {
    this.#tail = this.#tail.then(async () => {
      if (!this.isOpen) return
      this.#hasEnded = true
      await this.#outlet.end()
    })
    return this.#tail
  }

  reset(): void {
    this.#outlet.reset()
  }

  async #begin(question: Question, { watchList }: WatchHabits, script: ApiServeScript): Promise<void> {
    const { store } = this.#place
    const { resourceVersion = '', sendInitialEvents, allowWatchBookmarks } = question.query
    const version = numberOf(resourceVersion)
    if (question.verb === 'watch-list') await freshness(this.#place, resourceVersion)
    const wantsAll = question.verb === 'watch-list' || (sendInitialEvents === undefined && version === 0)
    if (!wantsAll) {
      const from = version === 0 ? store.version : version
      if (from < store.compactedAt) throw expiredWatch(from, store.compactedAt)
      for (const change of store.since(this.#resource, from)) this.#tell(change, question)
      this.#follow(Math.max(from, store.version), question)
      return
    }
    const { arrange = (objects: readonly StoredObject[]) => objects, endBookmark = 'sent' } = script
    const found = store.all(this.#resource).filter((object) => isAsked(object, question))
    for (const object of arrange(found)) void this.send('ADDED', shownAlone(this.#resource, object))
    // Also for a watch that did not ask for them by that name.
    if (watchList === 'on' && isOn(allowWatchBookmarks) && endBookmark === 'sent')
      void this.#mark({ annotations: { 'k8s.io/initial-events-end': 'true' } })
    this.#follow(store.version, question)
  }

  /** Tells what is written behind a version. */
  #follow(version: number, question: Question): void {
    if (!this.isOpen) return
    const stop = this.#place.store.follow((change) => {
      if (change.version > version) this.#tell(change, question)
    })
    this.#habits.push({ [Symbol.dispose]: stop })
  }

  #tell({ resource, before, after, version }: Change, question: Question): void {
    if (resource !== this.#resource) return
    const was = before !== undefined && isAsked(before, question) ? before : undefined
    const is = after !== undefined && isAsked(after, question) ? after : undefined
    if (is !== undefined) void this.send(was === undefined ? 'ADDED' : 'MODIFIED', shownAlone(resource, is))
    else if (was !== undefined) {
      // As it was at last, at the version at which it went.
      const metadata = { ...was.metadata, resourceVersion: String(version) }
      void this.send('DELETED', shownAlone(resource, { ...was, metadata }))
    }
  }

  #live({ query }: Question, { bookmarkMs, lifeMs }: WatchHabits): void {
    const ms = query.timeoutSeconds === undefined ? lifeMs : Number(query.timeoutSeconds) * 1_000
    this.#after(ms, () => void this.end())
    if (!isOn(query.allowWatchBookmarks)) return
    const again = (): void => {
      void this.bookmark()
      this.#after(bookmarkMs, again)
    }
    this.#after(bookmarkMs, again)
    if (ms > lastBookmarkMs) this.#after(ms - lastBookmarkMs, () => void this.bookmark())
  }

  #after(ms: number, run: () => void): void {
    if (this.isOpen) this.#habits.push(this.#place.clock.after(ms, run))
  }

  #mark(more: object): Promise<void> {
    const { blank } = this.#resource
    const metadata = { resourceVersion: String(this.#place.store.version), ...more }
    return this.send('BOOKMARK', shownAlone(this.#resource, { metadata, ...blank }))
  }

  async #fail(status: ApiStatus): Promise<void> {
    await this.send('ERROR', status)
    await this.end()
  }
}

function isAsked({ metadata }: StoredObject, { query, resource }: Question): boolean {
  const { namespace } = resource ?? {}
  if (namespace !== undefined && metadata.namespace !== namespace) return false
  return labelSelector(query.labelSelector ?? '')(metadata.labels ?? {})
}
