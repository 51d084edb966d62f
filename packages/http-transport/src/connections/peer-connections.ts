/**
 * The connections to one peer. The one used last is used first (LIFO): fewest sockets, warmest sockets, and the idle ones age out.
 */
import type { Peer } from '@evenkeel/core'
import type { buildConnector } from 'undici'
import type { Settings } from '../options.ts'
import { Connection, type ConnectionHome } from './connection.ts'
import type { IdleOrder } from './idle-order.ts'

/** Made when the peer is first picked, dropped when the peer has left and nothing is open. */
export class PeerConnections implements ConnectionHome {
  readonly peer: Peer
  readonly settings: Settings
  readonly connector: buildConnector.connector
  readonly #idleInAll: IdleOrder
  readonly #idle: Connection[] = []
  /** In no order; each knows its place, since a set would hash twice per request. */
  readonly #busy: Connection[] = []
  readonly #emptied: (connections: PeerConnections) => void
  /** Takes the place of the origins of requests. */
  readonly #origin: string | undefined
  /** The peer leaves or has left: nothing is kept idle. */
  #leaving = false
  /** The peer has left. */
  gone = false
  /** Monotonic milliseconds at which a connection that had been kept alive was last said to close. */
  #closeSaidAt = Number.NEGATIVE_INFINITY

  /** `emptied` is called when the peer has gone and its last connection ends. */
  constructor(
    peer: Peer,
    settings: Settings,
    connector: buildConnector.connector,
    idleInAll: IdleOrder,
    emptied: (connections: PeerConnections) => void,
  ) {
    this.peer = peer
    this.settings = settings
    this.connector = connector
    this.#idleInAll = idleInAll
    this.#emptied = emptied
    this.#origin = settings.hooks?.originOf(peer.endpoint)
  }

  /** Connections, idle and busy. */
  get size(): number {
    return this.#idle.length + this.#busy.length
  }

  get idle(): number {
    return this.#idle.length
  }

  /** Sockets that are open, and requests that are on them. */
  open(): { readonly connected: number; readonly running: number } {
    const busy = this.#busy.filter(isConnected).length
    return { connected: busy + this.#idle.filter(isConnected).length, running: busy }
  }

  /** The warmest idle connection of the origin, else a new one. The balancer keeps calls within the bound; an idle one of another origin makes room. */
  acquire(asked: string): Connection {
    const origin = this.#origin ?? asked
    for (let index = this.#idle.length - 1; index >= 0; index--) {
      const connection = this.#idle[index] as Connection
      if (connection.origin !== origin) continue
      // Mostly the last one, and a splice makes an array.
      if (index === this.#idle.length - 1) this.#idle.pop()
      else this.#idle.splice(index, 1)
      this.#idleInAll.remove(connection)
      return this.#occupy(connection)
    }
    if (this.size >= this.settings.perPeer) this.#drop(this.#idle[0])
    return this.#occupy(new Connection(origin, this))
  }

  /** The answer is complete: the connection is kept, unless it or its peer is going. */
  release(connection: Connection): void {
    this.#free(connection)
    if (connection.retired || this.#leaving || connection.client.destroyed) {
      // Not destroyed: the answer's last callback may still be on the stack.
      connection.client.close(ignore)
      return
    }
    connection.kept++
    this.#idle.push(connection)
    this.#idleInAll.add(connection)
    if (this.#idle.length > this.settings.idlePerPeer) this.#drop(this.#idle[0])
    if (this.#idleInAll.size > this.settings.idleInAll) {
      const { oldest } = this.#idleInAll
      if (oldest !== undefined) (oldest.home as PeerConnections).#drop(oldest)
    }
  }

  /** The connection is of no use any more. */
  discard(connection: Connection, error: Error | null): void {
    this.#free(connection)
    connection.destroy(error)
  }

  disconnected(connection: Connection): void {
    if (!connection.busy) this.#drop(connection)
  }

  /**
   * The server said that it closes this connection. That alone is routine (request limits, connection ages); two that had been kept alive within a
   * second are a sign that it is going. @returns whether this is that sign
   */
  closeSaid(connection: Connection, now: number): boolean {
    connection.retired = true
    if (connection.kept === 0) return false
    const leaving = now - this.#closeSaidAt <= closeSignMs
    this.#closeSaidAt = now
    return leaving
  }

  /** Nothing is kept idle from now on. `back` undoes it, for a peer that turned out to stay. */
  leave(): void {
    this.#leaving = true
    while (this.#idle.length > 0) this.#drop(this.#idle[0])
  }

  back(): void {
    this.#leaving = false
    this.gone = false
  }

  destroy(error: Error | null): void {
    this.leave()
    for (const connection of [...this.#busy]) connection.destroy(error)
  }

  #occupy(connection: Connection): Connection {
    connection.place = this.#busy.push(connection) - 1
    return connection
  }

  #free(connection: Connection): void {
    const last = this.#busy.length - 1
    if (connection.busy) {
      const moved = this.#busy[last] as Connection
      this.#busy[connection.place] = moved
      moved.place = connection.place
      this.#busy.length = last
      connection.place = -1
    }
    if (this.gone && this.size === 0) this.#emptied(this)
  }

  #drop(connection: Connection | undefined): void {
    if (connection === undefined) return
    const index = this.#idle.indexOf(connection)
    if (index < 0) return
    this.#idle.splice(index, 1)
    this.#idleInAll.remove(connection)
    connection.client.close(ignore)
  }
}

// Two connections closed within this time are no coincidence (decisions/2026-11-24-shapes-that-moved.md).
const closeSignMs = 1_000

/** An upgraded socket is its caller's and no longer counted, as in undici. */
function isConnected({ client }: Connection): boolean {
  return client.stats.connected
}

function ignore(): void {}
