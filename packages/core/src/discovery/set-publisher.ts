/**
 * What a resolver speaks through. It keeps the last set, works out what changed, keeps the frozen objects of endpoints that did not,
 * and says nothing when nothing changed (law 4). The order of a set's endpoints means nothing.
 */
import { EvenkeelError } from '../errors.ts'
import { type ChunkedDraft, type ChunkedList, chunked } from '../internal/chunked-list.ts'
import { type Condition, type Endpoint, sameEndpoint } from './endpoint.ts'
import type { EndpointSet, Status } from './endpoint-set.ts'
import type { Observer } from './resolver.ts'

/** A whole new list. */
export interface FullNews {
  /** What the source says of the list. */
  readonly status: Status
  /** At most one per locator is kept: the better condition wins (ready, then serving-terminating), and the first of equals. */
  readonly endpoints: readonly Endpoint[]
  /**
   * Whether the source knows that no two of them have the same locator: a first list is then kept as it is, without a look
   * at each. Such a list must not change any more, and a source that is wrong breaks its observers. @defaultValue false
   */
  readonly isDistinct?: boolean | undefined
  /** @defaultValue none */
  readonly error?: unknown
}

/** What is different from the current list. */
export interface PartialNews {
  /** @defaultValue 'ok' */
  readonly status?: Status | undefined
  /** Added or altered. Of two with the same locator the later wins, since these are events in order. @defaultValue none */
  readonly changed?: readonly Endpoint[] | undefined
  /** Gone; unknown locators are ignored, and one that is also in `changed` stays. @defaultValue none */
  readonly removed?: readonly { readonly locator: string }[] | undefined
  /** @defaultValue none */
  readonly error?: unknown
}

/** One per watch: version numbers, and the list that changes are relative to, belong to one observer. */
export class SetPublisher {
  readonly #observer: Observer
  // locator -> index in the current list: a change of one endpoint costs no look at the others.
  // A locator that left keeps its entry, as `gone`: V8's Map leaves a deleted entry in its bucket until it is rebuilt, and the address
  // of a flapping pod, added and deleted again and again, would be looked up behind thousands of them.
  // Made when it is first needed: of a list that is distinct and never changes, it never is.
  #table: Map<string, number> | undefined
  #goneRows = 0
  #list: ChunkedList<Endpoint>
  #current: EndpointSet
  #complete: boolean

  /** @param from The set that the observer already knows. @defaultValue none: the observer has heard nothing */
  constructor(observer: Observer, from: EndpointSet = nothingKnown) {
    this.#observer = observer
    this.#list = chunked(from.endpoints)
    this.#current = from
    this.#complete = from.status === 'ok' || from.status === 'absent' || from.status === 'stale'
  }

  /** The last set published; before the first one a `pending` set of version 0. */
  get current(): EndpointSet {
    return this.#current
  }

  /** The current endpoint at the locator. */
  at(locator: string): Endpoint | undefined {
    const row = this.#rows.get(locator)
    return row === undefined || row === gone ? undefined : this.#list.at(row)
  }

  /** Publishes a whole list, at a cost that follows its size. @returns whether it was news */
  publish(news: FullNews): boolean {
    const { status, error, isDistinct = false } = news
    if (isDistinct && this.#list.size === 0 && news.endpoints.length > 0) {
      this.#forgetRows()
      return this.#say(status, error, chunked(news.endpoints), news.endpoints, none)
    }
    if (this.#unchanged(news.endpoints)) return this.#say(status, error, this.#list, none, none)
    const rows = new Map<string, number>()
    const endpoints: Endpoint[] = []
    for (const endpoint of news.endpoints) {
      const row = rows.get(endpoint.locator)
      if (row === undefined) {
        rows.set(endpoint.locator, endpoints.length)
        endpoints.push(endpoint)
      } else if (rank[endpoint.condition] < rank[(endpoints[row] as Endpoint).condition]) endpoints[row] = endpoint
    }
    // Of a first list everything is news: one array for both, which the set keeps.
    const isFirst = this.#list.size === 0
    const changed = isFirst ? endpoints : []
    let kept = 0
    for (const [row, endpoint] of isFirst ? [] : endpoints.entries()) {
      const held = this.at(endpoint.locator)
      if (held !== undefined) kept += 1
      if (held !== undefined && sameEndpoint(held, endpoint)) endpoints[row] = held
      else changed.push(endpoint)
    }
    const removed = kept === this.#list.size ? none : this.#list.array.filter((endpoint) => !rows.has(endpoint.locator))
    if (changed.length === 0 && removed.length === 0) return this.#say(status, error, this.#list, none, none)
    this.#table = rows
    this.#goneRows = 0
    return this.#say(status, error, chunked(endpoints), changed, removed)
  }

  /** Publishes a change, at a cost that follows the change. @returns whether it was news */
  patch(news: PartialNews): boolean {
    const { status = 'ok', changed: named = none, removed: leaving = none, error } = news
    const changed = lastOfEach(named).filter((endpoint) => {
      const held = this.at(endpoint.locator)
      return held === undefined || !sameEndpoint(held, endpoint)
    })
    const staying = new Set(leaving.length === 0 ? [] : named.map((endpoint) => endpoint.locator))
    const removed = new Set<Endpoint>()
    for (const { locator } of leaving) {
      const held = staying.has(locator) ? undefined : this.at(locator)
      if (held !== undefined) removed.add(held)
    }
    if (changed.length === 0 && removed.size === 0) return this.#say(status, error, this.#list, none, none)
    const added = changed.filter((endpoint) => this.at(endpoint.locator) === undefined)
    const draft = this.#list.edit()
    for (const endpoint of added) {
      if (this.#rows.has(endpoint.locator)) this.#goneRows -= 1
      this.#rows.set(endpoint.locator, draft.size)
      draft.push(endpoint)
    }
    for (const endpoint of changed) draft.set(this.#rows.get(endpoint.locator) as number, endpoint)
    for (const { locator } of removed) this.#takeOut(draft, locator)
    const list = draft.done()
    // As many entries may be gone as there are endpoints: the table is bounded, and a rebuild is paid by as many removals.
    if (this.#goneRows > list.size) this.#forgetRows()
    return this.#say(status, error, list, changed, [...removed])
  }

  /**
   * Publishes an error without touching the list (law 3): `stale` once there has been a complete answer (`ok` or `absent`) or a
   * list, `failed` before that. @returns whether it was news
   */
  fail(error: unknown): boolean {
    const known = this.#complete || this.#list.size > 0
    return this.patch({ status: known ? 'stale' : 'failed', error })
  }

  /** The usual equal answer comes in the same order; it is recognised without a table. */
  #unchanged(endpoints: readonly Endpoint[]): boolean {
    const held = this.#list.array
    return (
      endpoints.length === held.length &&
      endpoints.every((endpoint, row) => sameEndpoint(endpoint, held[row] as Endpoint))
    )
  }

  #takeOut(draft: ChunkedDraft<Endpoint>, locator: string): void {
    const row = this.#rows.get(locator) as number
    const last = draft.pop()
    if (row < draft.size) {
      draft.set(row, last)
      this.#rows.set(last.locator, row)
    }
    this.#rows.set(locator, gone)
    this.#goneRows += 1
  }

  get #rows(): Map<string, number> {
    this.#table ??= rowsOf(this.#list.array)
    return this.#table
  }

  #forgetRows(): void {
    this.#table = undefined
    this.#goneRows = 0
  }

  #say(
    status: Status,
    error: unknown,
    list: ChunkedList<Endpoint>,
    changed: readonly Endpoint[],
    removed: readonly Endpoint[],
  ): boolean {
    const before = this.#current
    const quiet = changed.length === 0 && removed.length === 0
    if (quiet && before.version > 0 && before.status === status && sameError(before.error, error)) return false
    if (status === 'ok' || status === 'absent') this.#complete = true
    const base = before.version === 0 ? undefined : before.version
    this.#list = list
    this.#current = setOf(list, { version: before.version + 1, status, error, base, changed, removed })
    this.#observer(this.#current)
    return true
  }
}

/** Whoever follows the changes never asks for the list, so it is made when it is asked for. */
function setOf(list: ChunkedList<Endpoint>, facts: Omit<EndpointSet, 'endpoints'>): EndpointSet {
  const { version, status, error, base, changed, removed } = facts
  return {
    version,
    status,
    error,
    get endpoints(): readonly Endpoint[] {
      return list.array
    },
    base,
    changed,
    removed,
  }
}

/** The row of a locator that left. */
const gone = -1
const none: readonly Endpoint[] = []
const nothingKnown: EndpointSet = {
  version: 0,
  status: 'pending',
  error: undefined,
  endpoints: none,
  base: undefined,
  changed: none,
  removed: none,
}
const rank: Readonly<Record<Condition, number>> = { ready: 0, 'serving-terminating': 1, unready: 2 }

function rowsOf(endpoints: readonly Endpoint[]): Map<string, number> {
  return new Map(endpoints.map((endpoint, row) => [endpoint.locator, row]))
}

function lastOfEach(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (endpoints.length < 2) return endpoints
  return [...new Map(endpoints.map((endpoint) => [endpoint.locator, endpoint])).values()]
}

/** A source that keeps failing makes a new error object each time; it is news only when it says something else. */
function sameError(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!(one instanceof Error) || !(other instanceof Error) || one.message !== other.message) return false
  return EvenkeelError.is(one) && EvenkeelError.is(other) ? one.code === other.code : one.name === other.name
}
