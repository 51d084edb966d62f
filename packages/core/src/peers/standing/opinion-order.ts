/**
 * Peers with an opinion against them, oldest first, and a border in that list: those before it count. Every change and every step of the
 * border takes constant time.
 */
import type { LivePeer } from '../peer.ts'

interface Entry {
  readonly peer: LivePeer
  older: Entry | undefined
  newer: Entry | undefined
  counts: boolean
}

/** One per upstream; kept by `Standings`. */
export class OpinionOrder {
  readonly #entries = new Map<LivePeer, Entry>()
  #oldest: Entry | undefined
  #newest: Entry | undefined
  /** The youngest entry that counts. */
  #border: Entry | undefined
  #counting = 0

  /** Whether the peer's opinion counts. */
  counts(peer: LivePeer): boolean {
    return this.#entries.get(peer)?.counts === true
  }

  /** Adds the peer as the youngest, not counting yet. Nothing changes if it is there. */
  add(peer: LivePeer): void {
    if (this.#entries.has(peer)) return
    const entry: Entry = { peer, older: this.#newest, newer: undefined, counts: false }
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
    this.#entries.set(peer, entry)
  }

  remove(peer: LivePeer): void {
    const entry = this.#entries.get(peer)
    if (entry === undefined) return
    this.#entries.delete(peer)
    if (entry.counts) this.#counting--
    if (entry === this.#border) this.#border = entry.older
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
  }

  /** Moves the border by one peer towards `cap` and returns that peer; undefined when as many count as may. */
  step(cap: number): LivePeer | undefined {
    if (this.#counting > cap) return this.#stepBack()
    return this.#counting < cap ? this.#stepOn() : undefined
  }

  #stepOn(): LivePeer | undefined {
    const entry = this.#border === undefined ? this.#oldest : this.#border.newer
    if (entry === undefined) return undefined
    entry.counts = true
    this.#border = entry
    this.#counting++
    return entry.peer
  }

  #stepBack(): LivePeer | undefined {
    const entry = this.#border
    if (entry === undefined) return undefined
    entry.counts = false
    this.#border = entry.older
    this.#counting--
    return entry.peer
  }
}
