/**
 * Facts about pods that all targets of one `upstreams(...)` share, by UID: a pod that leaves does so for its HTTP port and its gRPC port alike.
 * Nothing else crosses targets.
 */
import { FlappingMap } from '../../internal/flapping-map.ts'

interface Fact {
  readonly name: string
  readonly value: unknown
}

interface Entry {
  peers: number
  /** One or two, so a list is found faster than a map is made. */
  readonly facts: Fact[]
}

/** Bounded by the peers that exist: a UID is forgotten with its last peer. */
export class PodFacts {
  readonly #entries = new FlappingMap<string, Entry>()

  /** How many UIDs are known. */
  get size(): number {
    return this.#entries.size
  }

  /** A peer with this UID exists. */
  retain(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry === undefined) this.#entries.set(uid, { peers: 1, facts: [] })
    else entry.peers++
  }

  /** It is gone. */
  release(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry !== undefined && --entry.peers === 0) this.#entries.delete(uid)
  }

  /** The fact of that name, made at the first question. A UID that no peer has gives a fact of the asker's own. */
  fact<T>(uid: string, name: string, make: () => T): T {
    const facts = this.#entries.get(uid)?.facts
    if (facts === undefined) return make()
    const known = facts.find((fact) => fact.name === name)
    if (known !== undefined) return known.value as T
    const value = make()
    facts.push({ name, value })
    return value
  }
}
