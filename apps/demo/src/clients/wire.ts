/**
 * What undici says of its sockets, under whichever balancer.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { AttemptRecord } from '../messages.ts'
import type { Ended } from './client.ts'

interface Sent {
  readonly at: number
  readonly port: number
}

/** Calls for every request that goes onto a connection, just before it does: counted alike for both clients. */
export function watchAttempts(began: (attempt: AttemptRecord) => void): void {
  subscribe('undici:client:sendHeaders', (message) => {
    const port = (message as { readonly socket: Socket }).socket.remotePort
    if (port !== undefined) began({ at: Date.now(), port })
  })
}

/** Calls for every head of an answer, failed request and refused connection, for a client that does not tell by itself. */
export function watchEndings(ended: Ended): void {
  const sent = new WeakMap<object, Sent>()
  const end = (request: object, failed: boolean): void => {
    const { at, port } = sent.get(request) ?? {}
    if (at === undefined || port === undefined) return
    sent.delete(request)
    ended({ at: Date.now(), port, ms: Date.now() - at, failed })
  }
  subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as { readonly request: object; readonly socket: Socket }
    if (socket.remotePort !== undefined) sent.set(request, { at: Date.now(), port: socket.remotePort })
  })
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as {
      readonly request: object
      readonly response: { readonly statusCode: number }
    }
    end(request, response.statusCode >= 500)
  })
  subscribe('undici:request:error', (message) => end((message as { readonly request: object }).request, true))
  subscribe('undici:client:connectError', (message) => {
    const { connectParams } = message as { readonly connectParams: { readonly port: string } }
    ended({ at: Date.now(), port: Number(connectParams.port), ms: 0, failed: true })
  })
}
