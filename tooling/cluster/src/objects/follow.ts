/**
 * The states of a query, one after another: a list, then what a watch from its version changes. A watch that breaks goes on from the last version that
 * it saw, so a restart of the API server hides nothing; only when the server no longer has that version (410) is there a new list.
 */
import { setTimeout } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import type { AnyObject } from './kinds.ts'
import { collectionPath, type Query } from './query.ts'
import { Refusal } from './refusal.ts'

/** What is told beside the states. */
export interface FollowOptions {
  readonly signal: AbortSignal
  /** Hears of every failure that is survived. */
  onTrouble(error: unknown): void
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly T[]
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

// A server that is gone refuses at once: asking again without a pause would keep a core busy until it is back.
const pauseMs = 50

/** States in order, the first one from a list; without end. @throws what the first list fails with if asking again would not help */
export async function* follow<T extends AnyObject>(
  connection: Connection,
  query: Query,
  options: FollowOptions,
): AsyncGenerator<readonly T[]> {
  const { signal, onTrouble } = options
  const ask = { method: 'GET', path: collectionPath(query), signal } as const
  const { labelSelector, fieldSelector } = query
  const selectors = { labelSelector, fieldSelector }
  let known: Map<string, T> | undefined
  let version: string | undefined
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list: List<T> = await connection.whole<List<T>>({ ...ask, parameters: selectors })
        const listed = new Map(list.items.map((item) => [keyOf(item), item]))
        const isNew = known === undefined || !isSame(known, listed)
        known = listed
        version = list.metadata.resourceVersion
        if (isNew) yield sorted(listed)
      }
      const parameters = { ...selectors, watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version }
      for await (const line of connection.lines({ ...ask, parameters })) {
        const { type, object } = JSON.parse(line) as WatchEvent<T>
        if (type === 'ERROR') throw refusalIn(object)
        version = object.metadata?.resourceVersion
        if (type === 'BOOKMARK' || known === undefined) continue
        yield sorted(change(known, type, object))
      }
    } catch (error) {
      if (signal.aborted) return
      // What is refused from the start stays refused; a server that has just come back may refuse what it grants a moment later.
      if (known === undefined && !isPassing(error)) throw error
      if (error instanceof Refusal) version = undefined
      onTrouble(error)
      await setTimeout(pauseMs)
    }
  }
}

function change<T extends AnyObject>(known: Map<string, T>, type: string, object: T): Map<string, T> {
  if (type === 'DELETED') known.delete(keyOf(object))
  else known.set(keyOf(object), object)
  return known
}

/** Whether the same question may get an answer later: nobody answers yet (fetch has a TypeError for that), or a server that is not ready. */
function isPassing(error: unknown): boolean {
  return error instanceof Refusal ? error.code >= 500 || error.code === 429 : error instanceof TypeError
}

function refusalIn(status: unknown): Refusal {
  const { code = 500, reason = '', message = '' } = status as Partial<Refusal>
  return new Refusal(code, reason, message)
}

function keyOf({ metadata }: AnyObject): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name}`
}

function sorted<T>(known: ReadonlyMap<string, T>): readonly T[] {
  return [...known].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item)
}

function isSame(known: ReadonlyMap<string, AnyObject>, listed: ReadonlyMap<string, AnyObject>): boolean {
  if (known.size !== listed.size) return false
  // A version is of one object at one time, also when another of the same name has taken its place.
  return [...listed].every(
    ([key, { metadata }]) => known.get(key)?.metadata?.resourceVersion === metadata?.resourceVersion,
  )
}
