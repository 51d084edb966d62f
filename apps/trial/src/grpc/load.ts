/**
 * Unary calls at Poisson times, whether or not those before have got their answers (open loop), and some streams that are open all the time.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '@evenkeel/core'
import { evenkeelErrorOf } from '@evenkeel/grpc-transport'
import { type OpenLoop, startOpenLoop } from '@evenkeel/tooling/open-loop'
import { type ServiceError, status } from '@grpc/grpc-js'
import type { RequestRecord } from '../recording/recording.ts'
import { machineMs } from './machine-clock.ts'
import type { OrdersClient, Told } from './service.ts'

// Long enough for a second attempt of what may be sent again, as short as callers with users have it.
const deadlineMs = 2_000
// Of each client: some are under way on every pod at any time.
const streamCount = 10
// At one each half second: half a second to eight seconds, which a drain of 23 s has room for.
const mostMessages = 16
// A client whose streams break at once does not try all the time.
const againMs = 100

/** What is asked, and by whom. */
export interface LoadOptions {
  readonly name: string
  readonly client: OrdersClient
  /** The same seed gives the same calls at the same times. */
  readonly random: Random
  /** On average. */
  readonly requestsPerSecond: number
  /** Hears of every call when it has ended. */
  record(result: RequestRecord): void
}

/** Starts calls, half of them writes, and streams, until stopped. */
export function startLoad(options: LoadOptions): OpenLoop {
  const { name, client, random, requestsPerSecond, record } = options
  let calls = 0
  const stopping = new AbortController()
  const loop = startOpenLoop({
    ...{ requestsPerSecond, random, record },
    send: (dueAt) => ask(client, name, random.next() < 0.5 ? 'read' : 'write', ++calls, dueAt),
  })
  const streams = Array.from({ length: streamCount }, async () => {
    while (!stopping.signal.aborted) {
      const messages = 1 + random.below(mostMessages)
      const result = await follow(client, name, ++calls, messages, stopping.signal)
      if (result === undefined) return
      record(result)
      if (result.lost !== undefined) await wait(againMs)
    }
  })
  return {
    get underWay(): number {
      return loop.underWay
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([loop.stop(), ...streams])
    },
  }
}

function ask(
  client: OrdersClient,
  name: string,
  method: 'read' | 'write',
  call: number,
  at: number,
): Promise<RequestRecord> {
  return new Promise((resolve) => {
    const deadline = new Date(Date.now() + deadlineMs)
    client[method]({ client: name, call, beganMs: machineMs() }, { deadline }, (error, told) => {
      const ms = performance.now() - at
      resolve({ client: name, method, at, ms, pod: told?.pod, lost: reasonOf(error), fate: fateOf(error) })
    })
  })
}

/** Undefined for a stream that ended because the load did. A stream is lost that does not come to its end with all of its messages. */
function follow(
  client: OrdersClient,
  name: string,
  call: number,
  messages: number,
  signal: AbortSignal,
): Promise<RequestRecord | undefined> {
  return new Promise((resolve) => {
    const beganAt = performance.now()
    const stream = client.follow({ client: name, call, beganMs: machineMs(), messages })
    const stop = (): void => stream.cancel()
    signal.addEventListener('abort', stop)
    let pod: string | undefined
    let got = 0
    const end = (lost: string | undefined, fate?: string): void => {
      signal.removeEventListener('abort', stop)
      const at = performance.now()
      const ms = at - beganAt
      resolve(signal.aborted ? undefined : { client: name, method: 'follow', at, ms, pod, lost, fate })
    }
    stream.on('data', (told: Told) => {
      pod = told.pod
      got++
    })
    stream.on('error', (error: ServiceError) => {
      end(`${reasonOf(error)}, ${got === messages ? 'all messages came' : 'messages are missing'}`, fateOf(error))
    })
    stream.on('end', () => end(got === messages ? undefined : `${got} of ${messages} messages`))
  })
}

/** The name of the status and what grpc-js says of it, without places and times: those are different each time. */
function reasonOf(error: ServiceError | null): string | undefined {
  if (error === null) return undefined
  return `${status[error.code]} ${error.details.split(/,| after |\. /)[0]}`
}

/** What our channel says of the call; nothing for other clients. */
function fateOf(error: ServiceError | null): string | undefined {
  return evenkeelErrorOf(error)?.fate
}
