/**
 * Customers: pages and orders at Poisson times, whether or not the ones before have got their answers (open loop).
 */
import type { Random } from '@evenkeel/core'
import { type OpenLoop, startOpenLoop } from '@evenkeel/tooling/open-loop'
import { type Agent, request } from 'undici'
import type { RequestRecord } from './recording/recording.ts'

// Whoever waits longer has gone elsewhere. Above the time limit of the storefront, so that its own answer is seen.
const patienceMs = 5_000
const customers = 1_000
const products = 200

/** What is asked. */
export interface LoadOptions {
  /** Of the storefront. */
  readonly url: string
  /** Keeps connections alive. */
  readonly agent: Agent
  /** The same seed gives the same requests at the same times. */
  readonly random: Random
  /** On average. */
  readonly requestsPerSecond: number
  /** Hears of every request when it has ended. */
  record(result: RequestRecord): void
}

/** Starts requests, half of them orders, until stopped. */
export function startLoad({ url, agent, random, requestsPerSecond, record }: LoadOptions): OpenLoop {
  return startOpenLoop({
    requestsPerSecond,
    random,
    record,
    send: (dueAt) => {
      const path = `/users/${random.below(customers)}/products/${random.below(products)}`
      return ask(url, path, random.next() < 0.5 ? 'GET' : 'POST', agent, dueAt)
    },
  })
}

/** What the storefront answers, as far as it is looked at. */
interface Shown {
  readonly pod?: string
  readonly user?: { readonly pod: string }
  readonly product?: { readonly pod: string }
  readonly reservation?: { readonly pod: string }
  readonly failed?: { readonly backend: string; readonly code: string }
}

async function ask(
  url: string,
  path: string,
  method: 'GET' | 'POST',
  agent: Agent,
  dueAt: number,
): Promise<RequestRecord> {
  const at = performance.timeOrigin + dueAt
  const done = (lost: string | undefined, pods: readonly string[]): RequestRecord => {
    return { at, method, ms: performance.now() - dueAt, lost, pods }
  }
  try {
    const post = { method, body: '{}', headers: { 'content-type': 'application/json' } } as const
    const options = method === 'GET' ? { method } : post
    const target = method === 'GET' ? url + path : `${url}${path}/orders`
    const signal = AbortSignal.timeout(patienceMs)
    const { statusCode, body } = await request(target, { ...options, dispatcher: agent, signal })
    const { pod, user, product, reservation, failed } = (await body.json()) as Shown
    const pods = [pod, user?.pod, product?.pod, reservation?.pod].filter((name) => name !== undefined)
    if (statusCode < 300) return done(undefined, pods)
    return done([statusCode, failed?.backend, failed?.code].filter((part) => part !== undefined).join(' '), pods)
  } catch (error) {
    const { code, name } = error as { readonly code?: unknown; readonly name?: string }
    return done(`to the storefront: ${typeof code === 'string' ? code : (name ?? 'unknown')}`, [])
  }
}
