/// <reference lib="esnext.disposable" preserve="true" />
import './undici-before.ts'
import 'undici'
import { restoreBuiltInFetch } from './undici-before.ts'

// Every import has been evaluated by now.
restoreBuiltInFetch()

export { BalancedAgent, type BalancedAgentOptions } from './agent.ts'
export { BalancedDispatcher, type BalancedDispatcherOptions } from './dispatcher.ts'
export {
  EndpointPool,
  type EndpointPoolOptions,
  type PoolStats,
  type PoolUpstream,
  type UpstreamInput,
  type UpstreamOptions,
} from './endpoint-pool.ts'
export type { ExchangeOptions } from './exchange/request-options.ts'
export type { CallOptions, ConnectionOptions, HttpOptions, SharedOptions } from './options.ts'
