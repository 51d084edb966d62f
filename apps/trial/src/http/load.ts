/**
 * Requests at Poisson times, whether or not those before have got their answers (open loop). Two loads of the same seed ask the same at the same times.
 */
import type { Random } from '@evenkeel/core'
import { type OpenLoop, startOpenLoop } from '@evenkeel/tooling/open-loop'
import { type Dispatcher, request } from 'undici'
import type { RequestRecord } from '../recording/recording.ts'

// Whoever waits longer has gone elsewhere. Above two attempts, so that an error of a client is seen.
const patienceMs = 5_000
const userIds = 1_000

/** What is asked, and of whom. */
export interface LoadOptions {
  readonly client: string
  readonly origin: string
  readonly dispatcher: Dispatcher
  /** The same seed gives the same requests at the same times. */
  readonly random: Random
  /** On average. */
  readonly requestsPerSecond: number
  /** Hears of every request when it has ended. */
  record(result: RequestRecord): void
}

/** Starts requests, half of them POSTs, until stopped. */
export function startLoad(options: LoadOptions): OpenLoop {
  const { random, requestsPerSecond, record } = options
  return startOpenLoop({
    requestsPerSecond,
    random,
    record,
    send: (dueAt) => {
      const method = random.next() < 0.5 ? 'GET' : 'POST'
      return ask(options, method, `/users/${random.below(userIds)}`, dueAt)
    },
  })
}

async function ask(
  { client, origin, dispatcher }: LoadOptions,
  method: 'GET' | 'POST',
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
