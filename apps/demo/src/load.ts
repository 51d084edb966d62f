/**
 * Open-loop load: requests start when their time has come, however slow the answers are, as the users of a service do.
 */
import { randomUUID } from 'node:crypto'
import { type Dispatcher, request } from 'undici'
import type { Method, RequestRecord } from './messages.ts'

/** Requests per second of each client. */
export const requestsPerSecond = 300
const origin = 'http://user-service:8080'
const body = JSON.stringify({ name: 'Ada', note: 'x'.repeat(200) })

/** Starts requests at Poisson times until stopped; every result is handed to `record`. The name begins every request id. */
export function startLoad(
  name: string,
  dispatcher: Dispatcher,
  record: (result: RequestRecord) => void,
): { stop(): void } {
  let dueAt = performance.now()
  let stopped = false
  const step = (): void => {
    if (stopped) return
    // Timers are coarse; all that is due by now starts now.
    while (dueAt <= performance.now()) {
      void send(name, dispatcher, Math.random() < 0.5 ? 'GET' : 'POST').then(record)
      dueAt += (-Math.log(1 - Math.random()) * 1_000) / requestsPerSecond
    }
    setTimeout(step, Math.max(1, dueAt - performance.now()))
  }
  step()
  return {
    stop() {
      stopped = true
    },
  }
}

async function send(name: string, dispatcher: Dispatcher, method: Method): Promise<RequestRecord> {
  const at = Date.now()
  const started = performance.now()
  const done = (lost: boolean, result: string, fate: string | undefined, port: number | undefined): RequestRecord => {
    return { at, method, ms: performance.now() - started, lost, result, fate, port }
  }
  try {
    const headers = { 'x-request-id': `${name}/${randomUUID()}` }
    const options = method === 'POST' ? { method, headers, body } : { method, headers }
    const answer = await request(`${origin}/users`, { ...options, dispatcher })
    await answer.body.dump()
    return done(answer.statusCode >= 500, String(answer.statusCode), undefined, Number(answer.headers['x-port']))
  } catch (error) {
    const { code, name, fate } = error as { readonly code?: string; readonly name?: string; readonly fate?: string }
    return done(true, code ?? name ?? 'unknown', fate, undefined)
  }
}
