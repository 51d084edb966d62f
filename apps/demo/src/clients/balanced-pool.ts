/**
 * undici's own balancer, told of the same news at the same time: a pod that terminates is taken out, as its users do by hand.
 */
import { BalancedPool } from 'undici'
import type { EndpointNews } from '../messages.ts'
import { attemptMs, type Client, type Ended } from './client.ts'
import { watchEndings } from './wire.ts'

/** It has no retry of its own, so nothing is ever repeated. */
export function balancedPoolClient(ended: Ended): Client {
  // Its timers are coarse: a time-out of 1.5 s comes after up to 2 s.
  const pool = new BalancedPool([], { headersTimeout: attemptMs, connectTimeout: attemptMs })
  const known = new Map<string, string>()
  watchEndings(ended)
  return {
    dispatcher: pool,
    endpoints(endpoints: readonly EndpointNews[]): void {
      const wanted = new Map(
        endpoints.filter(({ terminating }) => !terminating).map(({ port, uid }) => [`http://127.0.0.1:${port}`, uid]),
      )
      for (const [url, uid] of [...known]) {
        if (wanted.get(url) === uid) continue
        pool.removeUpstream(url)
        known.delete(url)
      }
      for (const [url, uid] of wanted) {
        if (known.has(url)) continue
        pool.addUpstream(url)
        known.set(url, uid)
      }
    },
    repeated: 0,
    inspect: () => undefined,
  }
}
