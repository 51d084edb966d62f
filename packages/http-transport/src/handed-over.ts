/**
 * What an agent or a pool hands to the dispatcher that it makes, beside the options of the user, who never sees it.
 */
import type { PoolHooks } from './endpoint-pool/hooks.ts'
import type { PassThrough } from './exchange/service.ts'

/** From an agent, from a pool, or nothing. */
export interface HandedOver {
  /** Where requests go that discovery cannot serve. @defaultValue nowhere */
  readonly passThrough?: PassThrough
  /** What a pool changes. @defaultValue nothing */
  readonly hooks?: PoolHooks
}

const byOptions = new WeakMap<object, HandedOver>()
const nothing: HandedOver = {}

/** The options, which now bring it along. */
export function handOver<Options extends object>(options: Options, handed: HandedOver): Options {
  byOptions.set(options, handed)
  return options
}

/** What was handed over with the options. */
export function handedOver(options: object): HandedOver {
  return byOptions.get(options) ?? nothing
}
