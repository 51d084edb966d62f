/**
 * A subchannel of grpc-js, that is one HTTP/2 connection, with the members that we use beyond its interface: its session, to read the stream limit and hear
 * a GOAWAY, and its socket while it connects, to give up what will never come about. Where a version lacks one of these the feature is left out and nothing
 * else: `contract.test.ts` says which.
 */

import type { ClientHttp2Session } from 'node:http2'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { type ChannelOptions, connectivityState, type experimental } from '@grpc/grpc-js'

/** What grpc-js returns for `getRealSubchannel`. */
export type RealSubchannel = ReturnType<experimental.SubchannelInterface['getRealSubchannel']>
/** One stream on a subchannel. */
export type StreamCall = ReturnType<RealSubchannel['createCall']>
/** What hears of it. */
export type StreamListener = Parameters<RealSubchannel['createCall']>[3]
/** How a stream ended: the status, and the code of a RST_STREAM. */
export type StreamStatus = Parameters<StreamListener['onReceiveStatus']>[0]

type TcpConnect = (address: NetConnectOpts, options: ChannelOptions) => Promise<Socket>

interface Internals {
  readonly transport?: { readonly session?: ClientHttp2Session } | null
  readonly connector?: { tcpConnect?: TcpConnect }
  readonly refcount?: number
  transitionToState?(from: readonly connectivityState[], to: connectivityState): boolean
}

/** Gives up a connection that is on its way. */
export interface Connecting {
  /** Ends the socket, whatever it waits for: TCP, TLS or SETTINGS. The subchannel then fails as from any error. */
  end(error: Error): void
}

const watched = new WeakMap<RealSubchannel, Connecting>()

/** Keeps hold of the socket of every connection that the subchannel makes from now on. */
export function watchConnecting(real: RealSubchannel): Connecting {
  const known = watched.get(real)
  if (known !== undefined) return known
  const made = new WatchedConnector((real as unknown as Internals).connector)
  watched.set(real, made)
  return made
}

/** The HTTP/2 session of a subchannel that is ready. */
export function sessionOf(real: RealSubchannel): ClientHttp2Session | undefined {
  return (real as unknown as Internals).transport?.session
}

/**
 * Closes the connection in order, or gives it up if it is still on its way, if nobody but grpc-js's pool holds the subchannel: several clients of one channel
 * share it. The pool itself would look only every ten seconds.
 */
export function closeUnused(real: RealSubchannel): void {
  const internals = real as unknown as Internals
  // The one reference is the pool's own.
  if (internals.refcount !== 1) return
  const { CONNECTING, IDLE, READY } = connectivityState
  if (real.getConnectivityState() === CONNECTING) watchConnecting(real).end(new Error('the connection is not wanted'))
  internals.transitionToState?.([READY, CONNECTING], IDLE)
}

class WatchedConnector implements Connecting {
  #socket: Socket | undefined

  constructor(connector: Internals['connector']) {
    const original = connector?.tcpConnect
    if (connector === undefined || typeof original !== 'function') return
    connector.tcpConnect = (address, options) => {
      // Through a proxy it is the proxy's socket, which grpc-js makes.
      if ('grpc.http_connect_target' in options) return original.call(connector, address, options)
      return this.#connect(address)
    }
  }

  end(error: Error): void {
    this.#socket?.destroy(error)
  }

  #connect(address: NetConnectOpts): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(address)
      this.#socket = socket
      const failed = (error?: Error): void => reject(error ?? new Error('Socket closed'))
      const closed = (): void => failed()
      socket.once('error', failed)
      socket.once('close', closed)
      socket.once('connect', () => {
        socket.off('error', failed)
        socket.off('close', closed)
        resolve(socket)
      })
      // The socket of a ready connection belongs to its session, and is not ours to end.
      socket.once('close', () => {
        if (this.#socket === socket) this.#socket = undefined
      })
    })
  }
}
