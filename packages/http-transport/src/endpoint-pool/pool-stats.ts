/**
 * Counts of connections and requests, with the names that undici's pools give them.
 */
import type { PeerConnections } from '../connections/peer-connections.ts'
import type { Service } from '../exchange/service.ts'

/** What a pool, or one upstream of it, has at this moment. */
export interface PoolStats {
  /** Sockets that are open. */
  readonly connected: number
  /** Of these, the ones without a request. */
  readonly free: number
  /** Requests that are not on an open socket: they wait in line, for a connection, or between two attempts. */
  readonly pending: number
  /** Of these, the ones in line because every upstream is full or none is there. */
  readonly queued: number
  /** Requests on an open socket. */
  readonly running: number
  /** Requests in all. */
  readonly size: number
}

/** Of all upstreams. */
export function statsOf(service: Service): PoolStats {
  return countUp(service.connections.all(), service.active, service.waiting)
}

/** Of the one at the locator. */
export function upstreamStatsOf(service: Service, locator: string, inFlight: number): PoolStats {
  const here = [...service.connections.all()].filter(({ peer }) => peer.endpoint.locator === locator)
  return countUp(here, inFlight, 0)
}

function countUp(all: Iterable<PeerConnections>, size: number, queued: number): PoolStats {
  let connected = 0
  let busy = 0
  for (const connections of all) {
    const open = connections.open()
    connected += open.connected
    busy += open.running
  }
  // A connection on which an unwanted answer is read to its end is busy for no request.
  const running = Math.min(busy, size)
  return { connected, free: connected - busy, pending: size - running, queued, running, size }
}
