/**
 * What a pool of plain upstreams changes in the dispatcher that it is. No options of users: they are handed over beside them.
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

const hooksByOptions = new WeakMap<object, PoolHooks>()

/** The options, which now bring the hooks along. */
export function hooked<Options extends object>(options: Options, hooks: PoolHooks): Options {
  hooksByOptions.set(options, hooks)
  return options
}

/** The hooks that were handed over with the options. */
export function hooksOf(options: object): PoolHooks | undefined {
  return hooksByOptions.get(options)
}
