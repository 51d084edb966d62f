/**
 * All connections of one dispatcher, by peer. Hears from the upstream who leaves.
 */
import type { Peer, PeerListener } from '@evenkeel/core'
import { buildConnector } from 'undici'
import type { Settings } from '../options.ts'
import { IdleOrder } from './idle-order.ts'
import { PeerConnections } from './peer-connections.ts'

/** One per dispatcher. */
export class Connections implements PeerListener {
  readonly #settings: Settings
  readonly #connector: buildConnector.connector
  readonly #idleInAll = new IdleOrder()
  readonly #byPeer = new Map<Peer, PeerConnections>()
  readonly #emptied = ({ peer }: PeerConnections): void => void this.#byPeer.delete(peer)

  constructor(settings: Settings) {
    this.#settings = settings
    // One connector for all peers: it holds the TLS sessions, which belong to the service's name. The time is ours.
    this.#connector = buildConnector({ ...settings.connect, allowH2: false, timeout: 0 })
  }

  /** Connections, idle and busy. */
  get size(): number {
    let size = 0
    for (const connections of this.#byPeer.values()) size += connections.size
    return size
  }

  get idle(): number {
    return this.#idleInAll.size
  }

  /** The peers that were asked, with their connections. */
  all(): Iterable<PeerConnections> {
    return this.#byPeer.values()
  }

  of(peer: Peer): PeerConnections {
    let connections = this.#byPeer.get(peer)
    if (connections === undefined) {
      connections = new PeerConnections(peer, this.#settings, this.#connector, this.#idleInAll, this.#emptied)
      this.#byPeer.set(peer, connections)
    }
    // A peer that is picked again stays after all.
    if (peer.standing !== 'leaving') connections.back()
    return connections
  }

  leaving(peer: Peer): void {
    this.#byPeer.get(peer)?.leave()
  }

  /** Idle connections never outlive the peer; busy ones end with their answers. */
  left(peer: Peer): void {
    const connections = this.#byPeer.get(peer)
    if (connections === undefined) return
    connections.leave()
    connections.gone = true
    if (connections.size === 0) this.#byPeer.delete(peer)
  }

  /** Ends them all; what is under way on them fails with the error. */
  destroy(error: Error | null): void {
    for (const connections of this.#byPeer.values()) connections.destroy(error)
    this.#byPeer.clear()
  }
}
