/**
 * grpc-js's resolver for our addresses. It resolves nothing: peers come and go inside the policy, which hears of them from the upstream. It hands over the
 * ConfigSelector and the service config, in which our policy stands instead of the user's.
 */
import { type ChannelOptions, experimental } from '@grpc/grpc-js'
import { hubOf, type SurfaceHub } from './hub.ts'
import { policyName } from './policy.ts'

/** Of `evenkeel:///user-service`. */
export const scheme = 'evenkeel'

/** One per grpc-js channel. */
export class ServiceResolver implements experimental.Resolver {
  readonly #listener: experimental.ResolverListener
  readonly #hub: SurfaceHub
  #state: 'quiet' | 'answering' = 'quiet'

  constructor(_target: experimental.GrpcUri, listener: experimental.ResolverListener, options: ChannelOptions) {
    this.#listener = listener
    this.#hub = hubOf(options)
  }

  /** The service's name, as the caller would write it: the certificate is checked against it. */
  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path
  }

  /** Never answers on the caller's stack: grpc-js does not expect it. */
  updateResolution(): void {
    if (this.#state === 'answering') return
    this.#state = 'answering'
    process.nextTick(() => {
      if (this.#state !== 'answering') return
      this.#state = 'quiet'
      const { methods, selector } = this.#hub
      const config = { ...methods.serviceConfig, loadBalancingConfig: [{ [policyName]: {} }] }
      this.#listener(
        experimental.statusOrFromValue([]),
        { [experimental.CHANNEL_ARGS_CONFIG_SELECTOR_KEY]: selector },
        experimental.statusOrFromValue(config),
        '',
      )
    })
  }

  /** An answer that is under way is not given. */
  destroy(): void {
    this.#state = 'quiet'
  }
}
