/**
 * The state of the fake API server: objects, one counter of versions for all of them, and the history that watches and old lists are answered from.
 */
import { type ApiMetadata, type ApiResource, apiResources, type StoredMetadata, type StoredObject } from './objects.ts'

/** One write. `before` or `after` is missing where the object was made or removed. */
export interface Change {
  readonly version: number
  readonly resource: ApiResource
  readonly before: StoredObject | undefined
  readonly after: StoredObject | undefined
}

// Nothing depends on when an object was made.
const creationTimestamp = '2026-01-01T00:00:00Z'

/** Namespace and name, in the order in which the real server sorts. */
export function keyOf({ metadata }: { readonly metadata: ApiMetadata }): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`
}

/** Objects and their history. */
export class Store {
  /** Version of the last write. */
  version = 1
  /** What lies before it has been forgotten. */
  compactedAt = 0
  readonly #objects = new Map<ApiResource['name'], ReadonlyMap<string, StoredObject>>()
  readonly #listeners = new Set<(change: Change) => void>()
  #history: Change[] = []
  #made = 0

  /** Calls `listener` after each write until the result is called. */
  follow(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** All objects of a kind, sorted, as they are or as they were at a version. */
  all(resource: ApiResource, version: number = this.version): readonly StoredObject[] {
    const objects = new Map(this.#kept(resource))
    for (const change of this.#history.toReversed()) {
      if (change.version <= version) break
      if (change.resource !== resource) continue
      const { before, after } = change
      if (before === undefined) objects.delete(keyOf(after as StoredObject))
      else objects.set(keyOf(before), before)
    }
    return [...objects].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object)
  }

  get(resource: ApiResource, key: string): StoredObject | undefined {
    return this.#kept(resource).get(key)
  }

  /** Writes of a kind behind a version, in order. */
  since(resource: ApiResource, version: number): readonly Change[] {
    return this.#history.filter((change) => change.resource === resource && change.version > version)
  }

  /** Makes or changes an object. Without a difference nothing is written, as in the real server. */
  apply(name: ApiResource['name'], written: { readonly metadata: ApiMetadata }): StoredObject {
    const resource = apiResources[name]
    const before = this.get(resource, keyOf(written))
    const content = resource.fill(written)
    if (before !== undefined && isSame(before, written.metadata, content)) return before
    const after = { metadata: this.#metadata(resource, written.metadata, before), ...content }
    this.#write({ version: this.version, resource, before, after })
    return after
  }

  /** @returns whether there was one */
  remove(name: ApiResource['name'], key: string): boolean {
    const resource = apiResources[name]
    const before = this.get(resource, key)
    if (before === undefined) return false
    this.version++
    this.#write({ version: this.version, resource, before, after: undefined })
    return true
  }

  /** Forgets the history. */
  compact(): void {
    this.compactedAt = this.version
    this.#history = []
  }

  #kept({ name }: ApiResource): ReadonlyMap<string, StoredObject> {
    return this.#objects.get(name) ?? new Map()
  }

  #metadata({ name }: ApiResource, written: ApiMetadata, before: StoredObject | undefined): StoredMetadata {
    const kept = before?.metadata
    this.version++
    if (kept === undefined) this.#made++
    const { name: own, namespace = 'default', uid, ...others } = written
    return {
      name: own,
      namespace,
      uid: uid ?? kept?.uid ?? `00000000-0000-4000-8000-${String(this.#made).padStart(12, '0')}`,
      resourceVersion: String(this.version),
      ...(name === 'endpointslices' ? { generation: (kept?.generation ?? 0) + 1 } : {}),
      creationTimestamp: kept?.creationTimestamp ?? creationTimestamp,
      ...others,
    }
  }

  #write(change: Change): void {
    const { resource, before, after } = change
    const objects = new Map(this.#kept(resource))
    if (after === undefined) objects.delete(keyOf(before as StoredObject))
    else objects.set(keyOf(after), after)
    this.#objects.set(resource.name, objects)
    this.#history.push(change)
    for (const listener of [...this.#listeners]) listener(change)
  }
}

function isSame(before: StoredObject, written: ApiMetadata, content: object): boolean {
  const { metadata, ...kept } = before
  const { uid, resourceVersion, generation, creationTimestamp: made, ...own } = metadata
  const { uid: wanted = uid, namespace = 'default', ...others } = written
  return wanted === uid && sorted({ ...own, ...kept }) === sorted({ ...others, namespace, ...content })
}

function sorted(value: object): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
