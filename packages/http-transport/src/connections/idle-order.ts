/**
 * Idle connections of all peers in the order in which they became idle, linked through themselves: joining and leaving cost nothing that grows.
 */
import type { Connection } from './connection.ts'

/** One per dispatcher. */
export class IdleOrder {
  size = 0
  oldest: Connection | undefined
  #newest: Connection | undefined

  add(connection: Connection): void {
    this.size++
    connection.older = this.#newest
    connection.newer = undefined
    if (this.#newest === undefined) this.oldest = connection
    else this.#newest.newer = connection
    this.#newest = connection
  }

  /** The connection must be in the order. */
  remove(connection: Connection): void {
    this.size--
    const { older, newer } = connection
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    connection.older = undefined
    connection.newer = undefined
  }
}
