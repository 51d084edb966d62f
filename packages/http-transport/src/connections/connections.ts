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

  constructor(settings: Settings) {
    this.#settings = settings
    // One connector for all peers: it holds the TLS sessions, which belong to the service's name.
    this.#connector = buildConnector({ ...settings.connect, allowH2: false, timeout: settings.connectMs })
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

  of(peer: Peer): PeerConnections {
    let connections = this.#byPeer.get(peer)
    if (connections === undefined) {
      connections = new PeerConnections(peer, this.#settings, this.#connector, this.#idleInAll)
      this.#byPeer.set(peer, connections)
    }
    // A peer that is picked again stays after all.
    if (peer.standing !== 'leaving') connections.back()
    return connections
  }

  leaving(peer: Peer): void {
    this.#byPeer.get(peer)?.leave()
  }

  /** Connections never outlive the peer, but their answers do: busy ones end by themselves. */
  left(peer: Peer): void {
    this.#byPeer.get(peer)?.leave()
    this.#byPeer.delete(peer)
  }

  /** Idle connections go; busy ones end with their answers. */
  close(): void {
    for (const connections of this.#byPeer.values()) connections.leave()
  }

  destroy(error: Error | null): void {
    for (const connections of this.#byPeer.values()) connections.destroy(error)
    this.#byPeer.clear()
  }
}
