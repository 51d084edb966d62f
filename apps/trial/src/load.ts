/**
 * Requests at Poisson times, whether or not those before have got their answers (open loop). Two loads of the same seed ask the same at the same times.
 */
import type { Random } from '@evenkeel/core'
import { type Dispatcher, request } from 'undici'
import type { ClientName, RequestRecord } from './recording/recording.ts'

// Whoever waits longer has gone elsewhere. Above two attempts, so that an error of a client is seen.
const patienceMs = 5_000
const userIds = 1_000

/** What is asked, and of whom. */
export interface LoadOptions {
  readonly client: ClientName
  readonly origin: string
  readonly dispatcher: Dispatcher
  /** The same seed gives the same requests at the same times. */
  readonly random: Random
  /** On average. */
  readonly requestsPerSecond: number
  /** Hears of every request when it has ended. */
  record(result: RequestRecord): void
}

/** A running load. */
export interface Load {
  /** Requests that have neither an answer nor an error yet. */
  readonly underWay: number
  /** No new requests; resolves when the last one has ended. */
  stop(): Promise<void>
}

/** Starts requests, half of them POSTs, until stopped. */
export function startLoad(options: LoadOptions): Load {
  const { random, requestsPerSecond, record } = options
  const underWay = new Set<Promise<void>>()
  let dueAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const start = (): void => {
    const method = random.next() < 0.5 ? 'GET' : 'POST'
    const ended = ask(options, method, `/users/${random.below(userIds)}`, dueAt).then((result) => {
      underWay.delete(ended)
      record(result)
    })
    underWay.add(ended)
  }
  const step = (): void => {
    // Timers are coarse; all that is due by now starts now.
    while (dueAt <= performance.now()) {
      start()
      dueAt += (-Math.log(1 - random.next()) * 1_000) / requestsPerSecond
    }
    timer = setTimeout(step, Math.max(1, dueAt - performance.now()))
  }
  step()
  return {
    get underWay(): number {
      return underWay.size
    },
    stop: async () => {
      clearTimeout(timer)
      await Promise.all(underWay)
    },
  }
}

async function ask(
  { client, origin, dispatcher }: LoadOptions,
  method: RequestRecord['method'],
  path: string,
  at: number,
): Promise<RequestRecord> {
  const done = (parts: Pick<RequestRecord, 'pod' | 'lost' | 'fate'>): RequestRecord => {
    return { client, method, at, ms: performance.now() - at, ...parts }
  }
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const post = { method, body: '{}', headers: { 'content-type': 'application/json' } } as const
    const [target, options] = method === 'GET' ? [path, { method }] : [`${path}/orders`, post]
    const answer = await request(`${origin}${target}`, { ...options, dispatcher, signal })
    const { pod } = (await answer.body.json()) as { readonly pod?: string }
    const lost = answer.statusCode < 500 ? undefined : String(answer.statusCode)
    return done({ pod, lost, fate: undefined })
  } catch (error) {
    const { code, name, fate } = error as { readonly code?: unknown; readonly name?: string; readonly fate?: string }
    return done({ pod: undefined, lost: typeof code === 'string' ? code : (name ?? 'unknown'), fate })
  }
}
