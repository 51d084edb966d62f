/**
 * Our client, with its defaults but for the time of an attempt.
 */
import { subscribe } from 'node:diagnostics_channel'
import { type AttemptEvent, endpoint, events, staticEndpoints, type UpstreamInspection } from '@evenkeel/core'
import { BalancedAgent } from '@evenkeel/http-transport'
import type { EndpointNews } from '../messages.ts'
import { attemptMs, type Client, type Ended } from './client.ts'

const service = 'user-service:8080'

/** Pods by UID, as a watch of EndpointSlices would name them. */
export function evenkeelClient(ended: Ended): Client {
  const resolver = staticEndpoints({ [service]: [] })
  const agent = new BalancedAgent({ resolver, headMs: attemptMs })
  let repeated = 0
  subscribe(events.again.name, () => {
    repeated++
  })
  subscribe(events.attempt.name, (message) => {
    const { endpoint, outcome, ms } = message as AttemptEvent
    const port = Number(endpoint.slice(endpoint.lastIndexOf(':') + 1))
    ended({ at: Date.now(), port, ms, failed: outcome.verdict === 'bad' })
  })
  return {
    dispatcher: agent,
    endpoints(endpoints: readonly EndpointNews[]): void {
      resolver.set(
        service,
        endpoints.map(({ port, uid, terminating }) =>
          endpoint({ address: '127.0.0.1', port, uid, condition: terminating ? 'serving-terminating' : 'ready' }),
        ),
      )
    },
    get repeated(): number {
      return repeated
    },
    inspect: (): UpstreamInspection | undefined => agent.inspect()[0],
  }
}
