/**
 * Open-loop load: requests start when their time has come, however slow the answers are, as the users of a service do.
 */
import type { Random } from '@evenkeel/core'
import { type OpenLoop, startOpenLoop } from '@evenkeel/tooling/open-loop'
import { type Dispatcher, request } from 'undici'
import type { Method, RequestRecord } from '../messages.ts'

/** Mean requests per second of each client: chance keeps a run of 20 s above 300 with this, by five standard deviations. */
export const requestsPerSecond = 320
const origin = 'http://user-service:8080'
const body = JSON.stringify({ name: 'Ada', note: 'x'.repeat(200) })

/** What is said while it runs. */
export interface LoadOptions {
  readonly dispatcher: Dispatcher
  /** Decides the times and the methods: two clients with the same seed get the same requests. */
  readonly random: Random
  /** Begins every request id. */
  readonly name: string
  /** Hears of every request when it has ended. */
  record(result: RequestRecord): void
}

/** Starts requests at Poisson times, half of them POSTs, until stopped. */
export function startLoad({ dispatcher, random, name, record }: LoadOptions): OpenLoop {
  let started = 0
  return startOpenLoop({
    requestsPerSecond,
    random,
    record,
    send: (dueAt) => send(dispatcher, random.next() < 0.5 ? 'GET' : 'POST', `${name}/${++started}`, dueAt),
  })
}

async function send(dispatcher: Dispatcher, method: Method, id: string, dueAt: number): Promise<RequestRecord> {
  const at = performance.timeOrigin + dueAt
  const done = (lost: boolean, result: string, fate: string | undefined): RequestRecord => {
    return { id, at, method, ms: performance.now() - dueAt, lost, result, fate }
  }
  try {
    const headers = { 'x-request-id': id }
    const options = method === 'POST' ? { method, headers, body } : { method, headers }
    const answer = await request(`${origin}/users`, { ...options, dispatcher })
    await answer.body.dump()
    return done(answer.statusCode >= 500, String(answer.statusCode), undefined)
  } catch (error) {
    const { code, name, fate } = error as { readonly code?: string; readonly name?: string; readonly fate?: string }
    return done(true, code ?? name ?? 'unknown', fate)
  }
}
