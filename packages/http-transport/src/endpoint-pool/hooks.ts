/**
 * What a pool of plain upstreams changes in the dispatcher that it is.
 */
import type { Endpoint } from '@evenkeel/core'
import type { Client } from 'undici'
import type { Service } from '../exchange/service.ts'

/** One per pool. Called synchronously; must not throw. */
export interface PoolHooks {
  /** Two pools with the same are the same made twice. */
  readonly label: string
  /** The dispatcher begins with this service. */
  begun(service: Service): void
  /** The origin as which an endpoint is asked, whatever the request says. */
  originOf(endpoint: Endpoint): string
  /** A connection to the endpoint is about to be made, and its client will tell of it. */
  opening(client: Client, endpoint: Endpoint): void
  /** A request is over. */
  over(): void
}
