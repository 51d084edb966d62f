/**
 * grpc-js's ConfigSelector: makes the record of each call and says whose rules repeat it.
 */
import type { experimental, Metadata } from '@grpc/grpc-js'
import type { Hub } from '../hub.ts'
import type { MethodConfig } from '../judging/method-configs.ts'
import { ruled } from '../judging/retry-policy.ts'
import { CallRecord, type Repeats } from './call-record.ts'

type CallConfig = ReturnType<experimental.ConfigSelector['invoke']>

interface Method {
  /** As the user's, or ruled by core if that has no policy. */
  readonly config: MethodConfig
  readonly repeats: Repeats
}

// As grpc-js: a caller that makes up names of methods must not fill the memory.
const maxCached = 100

/** One per hub. */
export class Selector implements experimental.ConfigSelector {
  readonly #hub: Hub
  readonly #methods = new Map<string, Method>()

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** Makes the record of a call. */
  invoke(path: string, metadata: Metadata): CallConfig {
    const { hashKeyOf, policyOf } = this.#hub.settings
    const { config, repeats } = this.#of(path)
    const options = metadata.getOptions()
    const marked = repeats === 'never' && options.idempotentRequest === true
    const waits = options.waitForReady ?? config.waitForReady === true
    // grpc-js reads it there and nowhere else. The metadata is the call's own copy.
    if (waits && options.waitForReady !== true) metadata.setOptions({ ...options, waitForReady: true })
    const facts = {
      methodConfig: config,
      waits,
      policy: policyOf?.(path, metadata),
      hashKey: hashKeyOf?.(path, metadata),
    }
    const record = new CallRecord(this.#hub, facts, marked ? 'ours' : repeats)
    return record as unknown as CallConfig
  }

  /** Nothing to let go of. */
  unref(): void {}

  #of(path: string): Method {
    const known = this.#methods.get(path)
    if (known !== undefined) return known
    const config = this.#hub.methods.of(path)
    const { repeatable } = this.#hub.settings
    const [, service = '', method = ''] = path.split('/')
    const named = repeatable.has(service) || repeatable.has(`${service}/${method}`)
    const repeats =
      config.retryPolicy !== undefined
        ? 'users'
        : config.hedgingPolicy !== undefined
          ? 'hedged'
          : named
            ? 'ours'
            : 'never'
    const found: Method = { config: repeats === 'never' || repeats === 'ours' ? ruled(config) : config, repeats }
    if (this.#methods.size < maxCached) this.#methods.set(path, found)
    return found
  }
}
