/**
 * HTTP/1.1 through undici: a connection for each request that runs, kept for the next. Nothing is pipelined behind a watch, which never ends by itself.
 */
import type { Socket } from 'node:net'
import type { Clock } from '@evenkeel/core'
import { type Dispatcher, Pool } from 'undici'
import { failureOf } from './failing.ts'
import type { Incoming, Outgoing } from './incoming.ts'

/** A pool whose connections are made by `open`; the first of them may be there already. */
export function poolOf(url: URL, open: () => Promise<Socket>): Dispatcher {
  return new Pool(url.origin, {
    connect: (_, callback) => {
      open().then(
        (socket) => callback(null, socket),
        (error) => callback(error, null),
      )
    },
    allowH2: false,
    pipelining: 1,
  })
}

/** @throws ApiFailure, or the reason of the signal */
export async function getOver(
  dispatcher: Dispatcher,
  origin: string,
  { path, headers, signal }: Outgoing,
  clock: Clock,
): Promise<Incoming> {
  try {
    const {
      statusCode,
      headers: answered,
      body,
    } = await dispatcher.request({
      origin,
      method: 'GET',
      path,
      headers: { ...headers },
      signal,
      // Both limits are set elsewhere: the head's by the request, and whether a body is alive is for the watchdog of its reader to say.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    body.on('error', ignore)
    let aliveAt = clock.now()
    return {
      status: statusCode,
      header: (name) => answered[name]?.toString(),
      source: body,
      aliveAt: () => aliveAt,
      heard: () => {
        aliveAt = clock.now()
      },
      complete: ignore,
      cancel: () => void body.destroy(),
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw failureOf(error)
  }
}

function ignore(): void {}
