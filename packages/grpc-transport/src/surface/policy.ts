/**
 * grpc-js's load-balancing policy by the name `evenkeel`: hands over to the policy half of the hub when the first update tells whose channel it is.
 */
import type { ChannelOptions, experimental } from '@grpc/grpc-js'
import { hubOf, type PolicyHalf } from './hub.ts'

/** Its name in a service config. */
export const policyName = 'evenkeel'

/** One per grpc-js channel that is not idle. */
export class ServicePolicy implements experimental.LoadBalancer {
  readonly #helper: experimental.ChannelControlHelper
  #half: PolicyHalf | undefined

  constructor(helper: experimental.ChannelControlHelper) {
    this.#helper = helper
  }

  /** Endpoints come from the upstream, not from here. */
  updateAddressList(_endpoints: unknown, _config: unknown, options: ChannelOptions): boolean {
    this.#half ??= hubOf(options).openPolicy(this.#helper, options)
    return true
  }

  /** The channel is wanted. */
  exitIdle(): void {
    this.#half?.exitIdle()
  }

  /** The balancer decides who is tried again, and when. */
  resetBackoff(): void {}

  /** The channel is closed or idle. */
  destroy(): void {
    this.#half?.destroy()
    this.#half = undefined
  }

  /** Its name. */
  getTypeName(): string {
    return policyName
  }
}

/** It has nothing to configure: what a user sets is given to `balancedChannel`. */
export class ServicePolicyConfig implements experimental.TypedLoadBalancingConfig {
  /** Whatever stands there. */
  static createFromJson(): ServicePolicyConfig {
    return new ServicePolicyConfig()
  }

  /** Its name. */
  getLoadBalancerName(): string {
    return policyName
  }

  /** Its name, and nothing. */
  toJsonObject(): object {
    return { [policyName]: {} }
  }
}
