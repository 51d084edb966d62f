/**
 * How the resolver and the policy find the live object of their channel: among its options, under the prefix that grpc-js keeps out of the keys of
 * subchannels. So there is no registry of ours, and two channels of one service never meet by accident.
 */
import type { ChannelOptions, experimental } from '@grpc/grpc-js'
import type { MethodConfigs } from '../judging/method-configs.ts'

/** What the surface asks of the object behind a channel. */
export interface SurfaceHub {
  /** `:authority` and the name that a certificate must have. */
  readonly authority: string
  /** Gives each call its record. */
  readonly selector: experimental.ConfigSelector
  /** What the user's service config says of methods. */
  readonly methods: MethodConfigs
  /** A channel needs somebody who picks. */
  openPolicy(helper: experimental.ChannelControlHelper, options: ChannelOptions): PolicyHalf
}

/** What grpc-js may tell a policy of ours. */
export interface PolicyHalf {
  /** The channel is to connect in advance. */
  exitIdle(): void
  /** Leaves nothing. */
  destroy(): void
}

/** The key of the live object. Has the value of `SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX` in front, which `contract.ts` compares. */
export const hubKey = 'grpc.internal.no_subchannel.evenkeel'

/** The live object among the options of a channel. */
export function hubOf(options: ChannelOptions): SurfaceHub {
  const hub: unknown = options[hubKey]
  if (hub === undefined) throw new Error(`the channel was made without the options of balancedChannel(...)`)
  return hub as SurfaceHub
}
