/**
 * Our client, with its defaults but for the time of an attempt.
 */
import { subscribe } from 'node:diagnostics_channel'
import { endpoint, staticEndpoints, type UpstreamInspection } from '@evenkeel/core'
import { BalancedAgent } from '@evenkeel/http-transport'
import type { EndpointNews } from '../messages.ts'
import { attemptMs, type Client } from './client.ts'

const service = 'user-service:8080'

/** Pods by UID, as a watch of EndpointSlices would name them. */
export function evenkeelClient(): Client {
  const resolver = staticEndpoints({ [service]: [] })
  const agent = new BalancedAgent({ resolver, headMs: attemptMs })
  let repeated = 0
  subscribe('evenkeel:again', () => {
    repeated++
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
