/**
 * One socket to one peer on behalf of one origin: an undici Client that never pipelines. The origin stays the service, so Host, SNI, certificate check and
 * existing instrumentation see the service; only the connector knows the peer's address.
 */
import type { Peer } from '@evenkeel/core'
import { type buildConnector, Client } from 'undici'
import type { Settings } from '../options.ts'
import { Connecting } from './connecting.ts'

/** Who owns a connection. */
export interface ConnectionHome {
  readonly peer: Peer
  readonly settings: Settings
  readonly connector: buildConnector.connector
  /** The socket has gone. */
  disconnected(connection: Connection): void
}

/** Busy from `PeerConnections.acquire` to `release` or `discard`, else idle. */
export class Connection {
  readonly origin: string
  readonly home: ConnectionHome
  readonly client: Client
  #connecting: Connecting | undefined
  /** Among the busy ones of its peer, -1 while it is idle. */
  place = -1
  /** Said to be closed by the other side after the present answer. */
  retired = false
  /** Answers after which it was kept alive. */
  kept = 0
  /** Neighbours in the order of idleness, over all peers. */
  older: Connection | undefined
  newer: Connection | undefined

  constructor(origin: string, home: ConnectionHome) {
    const { peer, settings, connector } = home
    this.origin = origin
    this.home = home
    const { endpoint } = peer
    const { address, port } = endpoint
    this.client = new Client(origin, {
      connect: (options, callback) => {
        const place = { ...options, hostname: address, port: String(port) }
        this.#connecting = new Connecting(connector, place, settings, (...result) => {
          this.#connecting = undefined
          callback(...result)
        })
      },
      // HTTP/2 multiplexes, which one call per connection does not.
      allowH2: false,
      pipelining: 1,
      // Our own time-outs run from the pick; two would only differ.
      headersTimeout: 0,
      bodyTimeout: settings.bodyMs,
      keepAliveTimeout: settings.idleMs,
      keepAliveMaxTimeout: settings.idleMs,
      keepAliveTimeoutThreshold: settings.hintMarginMs,
    })
    this.client.on('disconnect', () => home.disconnected(this))
    settings.hooks?.opening(this.client, endpoint)
  }

  /** Whether an attempt has it. */
  get busy(): boolean {
    return this.place >= 0
  }

  /** Ends the socket, also one that still connects; a request that is on it fails with `error`. */
  destroy(error: Error | null): void {
    // Not on the present stack, which may be undici's: a client that is destroyed while it writes fails an assertion that nobody can catch.
    queueMicrotask(() => {
      this.client.destroy(error, ignore)
      this.#connecting?.end(error ?? new Error('the connection is not wanted'))
    })
  }
}

function ignore(): void {}
