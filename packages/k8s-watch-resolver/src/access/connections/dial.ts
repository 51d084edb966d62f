/**
 * One connection on its way: TCP, then TLS that asks for a protocol. Bounded in time, and one that can be given up.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock } from '@evenkeel/core'
import { ApiFailure } from '../api-server.ts'
import type { Trust } from '../credentials.ts'
import { failureOf, handshakeFailureOf } from './failing.ts'

// Go's default transport, which client-go uses, gives up a dial after 30 s. Requests that wait for it have limits of their own.
const dialMs = 30_000
// Go's as well: probes of TCP after so much silence, for what carries no pings.
const keepAliveMs = 30_000

/** What may be spoken, best first. */
export type Protocol = 'h2' | 'http/1.1'

/** Where to, and how. */
export interface DialOptions {
  readonly url: URL
  readonly trust: Trust
  readonly protocols: readonly Protocol[]
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A socket that is ready to be written to. @throws ApiFailure, or the reason of the signal */
export function dial(options: DialOptions): Promise<Socket> {
  const { url, clock, signal } = options
  const isTls = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let isConnected = false
    const socket = begin(options)
    const limit = clock.after(dialMs, () =>
      giveUp(new ApiFailure('timeout', `no connection within ${dialMs / 1_000} s`)),
    )
    const end = (): void => {
      limit[Symbol.dispose]()
      signal.removeEventListener('abort', aborted)
    }
    const giveUp = (reason: unknown): void => {
      end()
      socket.destroy()
      reject(reason)
    }
    const aborted = (): void => giveUp(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    socket.setNoDelay(true)
    socket.once('connect', () => {
      isConnected = true
    })
    // Stays: an error that comes before the socket's next owner listens would end the process.
    socket.on('error', (error) => giveUp(isConnected && isTls ? handshakeFailureOf(error) : failureOf(error)))
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      end()
      socket.setKeepAlive(true, keepAliveMs)
      resolve(socket)
    })
  })
}

/** What both sides agreed upon. Silence means HTTP/1.1 (RFC 7301). */
export function spoken(socket: Socket): Protocol {
  return (socket as TLSSocket).alpnProtocol === 'h2' ? 'h2' : 'http/1.1'
}

function begin({ url, trust, protocols }: DialOptions): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isTls = url.protocol === 'https:'
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  if (!isTls) return connectTcp({ host, port })
  return connectTls({
    host,
    port,
    // A name has to be asked for, and an address must not be (RFC 6066 §3); Node checks the certificate for either.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...defined(trust),
    ALPNProtocols: [...protocols],
  })
}

/** Node takes an option that is undefined for one that is set. */
function defined(trust: Trust): Trust {
  return Object.fromEntries(Object.entries(trust).filter(([, value]) => value !== undefined))
}
