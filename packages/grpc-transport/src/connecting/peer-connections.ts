/**
 * The connections of one grpc-js channel to one peer, and the calls that wait for one: the first is opened when the peer is first picked, a further one when
 * the peer's stream limit is reached.
 */
import type { Outcome, Peer } from '@evenkeel/core'
import type { experimental } from '@grpc/grpc-js'
import type { Settings } from '../options.ts'
import { Connection, type ConnectionHome } from './connection.ts'

/** A call that has a reservation and no connection yet. */
export interface Waiter {
  /** The connection came not about; the reservation must be settled. */
  unconnected(outcome: Outcome, details: string): void
}

/** What the connections of a peer need of their channel. */
export interface PeerHost {
  /** For times and bounds. */
  readonly settings: Settings
  /** The name of the service. */
  readonly authority: string
  /** A subchannel to the peer; `index` tells connections of one peer apart. */
  subchannelTo(peer: Peer, index: number): experimental.SubchannelInterface
  /** Picks have become possible, or the state of the channel may have changed. */
  publish(): void
  /** Nothing is open any more, and nobody waits. */
  unused(connections: PeerConnections): void
  /** The peer closes a connection. */
  goawaySaid(peer: Peer, session: object): void
  /** The peer says whether it serves. */
  healthSaid(peer: Peer, serving: 'serving' | 'not-serving'): void
  /** When a connection last failed to come about, for the state of the channel. */
  connectFailed(): void
}

/** The endpoint said of itself that it does not serve. */
const notServing: Outcome = Object.freeze({
  fate: 'unprocessed',
  verdict: 'bad',
  fault: 'endpoint',
  retryAfterMs: undefined,
  leaving: false,
  report: undefined,
})

const unwellText = 'the peer says that it does not serve'

/** Made when the peer is first picked. */
export class PeerConnections implements ConnectionHome {
  readonly peer: Peer
  readonly settings: Settings
  readonly authority: string
  readonly #host: PeerHost
  readonly #connections: Connection[] = []
  readonly #waiters = new Set<Waiter>()
  /** The peer takes no new calls: what is empty closes. */
  #leaving = false
  /** Rises when a connection is doubted. */
  #firstIndex = 0

  constructor(host: PeerHost, peer: Peer) {
    this.#host = host
    this.peer = peer
    this.settings = host.settings
    this.authority = host.authority
  }

  /** The best state of its connections. */
  get state(): 'open' | 'connecting' | 'none' {
    if (this.#connections.some(({ state }) => state === 'open')) return 'open'
    return this.#connections.length > 0 ? 'connecting' : 'none'
  }

  /** Connections, in any state. */
  get size(): number {
    return this.#connections.length
  }

  /** A connection that takes one more call; undefined: wait for one. */
  acquire(): Connection | undefined {
    const connections = this.#connections
    // Nearly always the only one.
    const first = connections[0]
    if (first?.usable === true) return first
    if (connections.length < 2) return undefined
    const usable = connections.find((connection) => connection.usable)
    if (usable !== undefined || connections.length < this.settings.perPeer) return usable
    // No more connections are permitted: Node keeps the stream until there is room.
    const open = connections.filter(({ state }) => state === 'open')
    return open.length === 0 ? undefined : open.reduce((best, one) => (one.streams < best.streams ? one : best))
  }

  /** Hears if the connection fails; else the host publishes. May be called again. */
  wait(waiter: Waiter): void {
    this.#waiters.add(waiter)
    this.#leaving = false
    if (this.#connections.some(({ unwell }) => unwell))
      queueMicrotask(() => this.#refuseWaiters(notServing, unwellText))
    else this.connect()
  }

  /** Its call is over. */
  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** Opens a connection, unless one is on its way. */
  connect(): void {
    const connections = this.#connections
    if (connections.some(({ state }) => state === 'connecting' || state === 'checking')) return
    let index = this.#firstIndex
    while (connections.some((connection) => connection.index === index)) index++
    const connection = new Connection(this, this.#host.subchannelTo(this.peer, index), index)
    connections.push(connection)
    connection.begin()
    this.#host.publish()
  }

  /** The peer takes no new calls while others are there. */
  drain(): void {
    this.#leaving = true
    for (const connection of [...this.#connections]) if (connection.streams === 0) connection.end()
  }

  /** Ends what nobody has used since the last look. */
  sweep(): void {
    for (const connection of [...this.#connections]) {
      if (connection.streams === 0 && !connection.fresh && connection.state === 'open') connection.end()
      connection.fresh = false
    }
  }

  /** Ends all of them; streams on them go on. */
  end(): void {
    this.#waiters.clear()
    for (const connection of [...this.#connections]) connection.end()
  }

  // What the connections say.

  opened(): void {
    this.#waiters.clear()
    this.#host.publish()
  }

  failed(_connection: Connection, outcome: Outcome, details: string): void {
    this.#host.connectFailed()
    this.#refuseWaiters(outcome, details)
  }

  closed(connection: Connection): void {
    const index = this.#connections.indexOf(connection)
    if (index >= 0) this.#connections.splice(index, 1)
    this.#host.publish()
    if (this.#connections.length > 0 || this.#waiters.size > 0) return
    this.#host.unused(this)
  }

  goawaySaid(session: object): void {
    this.#host.goawaySaid(this.peer, session)
  }

  doubted(): void {
    this.#firstIndex++
  }

  healthSaid(_connection: Connection, serving: 'serving' | 'not-serving'): void {
    this.#host.healthSaid(this.peer, serving)
    if (serving === 'not-serving') this.#refuseWaiters(notServing, unwellText)
    this.#host.publish()
  }

  emptied(connection: Connection): void {
    if (this.#leaving) connection.end()
    // A stream limit was reached: there is room again.
    else if (this.#waiters.size > 0) this.#host.publish()
  }

  #refuseWaiters(outcome: Outcome, details: string): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.unconnected(outcome, details)
  }
}
