/**
 * The one thing that users make: a channel to a service that gives every call to the best of its pods, for every client that is based on grpc-js.
 */
import { formatTarget, parseTarget, type Target, type UpstreamInspection } from '@evenkeel/core'
import type { Channel, ChannelCredentials, ClientOptions } from '@grpc/grpc-js'
import { Hub } from './hub.ts'
import { MethodConfigs } from './judging/method-configs.ts'
import { mostAttempts } from './judging/retry-policy.ts'
import { type GrpcOptions, readSettings, readShared, type SharedOptions } from './options.ts'
import { ServiceChannel } from './surface/channel.ts'
import { register } from './surface/contract.ts'
import { hubKey } from './surface/hub.ts'
import { scheme } from './surface/resolver.ts'

/** Options of `balancedChannel`. */
export type BalancedChannelOptions = GrpcOptions & SharedOptions

/** A balanced channel. Make one per service and keep it; clients made from it may come and go. */
export interface BalancedChannel extends AsyncDisposable {
  /** The address for clients that take one. It names the service for logs and for TLS; what finds the pods is in `options`. */
  readonly address: string
  /** Options for clients and channels. More may be added: `{ ...channel.options, 'grpc.max_receive_message_length': -1 }`. */
  readonly options: ClientOptions
  /** A grpc-js channel for clients that take one. Close it, or `close` does. */
  channel(credentials: ChannelCredentials): Channel
  /** The pods of the service as this process sees them, and why. */
  inspect(): UpstreamInspection
  /** Takes no new calls, waits for those under way, closes every channel that was made, leaves nothing open. */
  close(): Promise<void>
}

/**
 * @throws EvenkeelError `EVENKEEL_INVALID_TARGET` for a text that is no target, `EVENKEEL_NOT_CLAIMED` for one that no resolver answers for,
 * `EVENKEEL_INVALID_OPTION` (also for a version of grpc-js that lacks what is needed), `EVENKEEL_CLOSED` for shared upstreams that were closed.
 */
export function balancedChannel(target: Target | string, options: BalancedChannelOptions): BalancedChannel {
  register()
  const parsed = typeof target === 'string' ? parseTarget(target) : target
  const { shared, own } = readShared(options)
  const { channelOptions = {} } = options
  const methods = new MethodConfigs(channelOptions['grpc.service_config'])
  const settings = readSettings(options, shared.clock, methods.healthService)
  const hub = new Hub(authorityOf(parsed), shared.of(parsed), settings, methods)
  return new LiveChannel(hub, channelOptions, own ? shared : undefined)
}

class LiveChannel implements BalancedChannel {
  readonly address: string
  readonly options: ClientOptions
  readonly #hub: Hub
  readonly #shared: AsyncDisposable | undefined
  readonly #channels = new Set<ServiceChannel>()
  #closing: Promise<void> | undefined

  constructor(hub: Hub, channelOptions: ClientOptions, shared: AsyncDisposable | undefined) {
    this.#hub = hub
    this.#shared = shared
    this.address = `${scheme}:///${hub.authority}`
    this.options = {
      // Core's rules count attempts; grpc-js must not stop before them.
      'grpc-node.retry_max_attempts_limit': mostAttempts,
      ...channelOptions,
      // Pods are reached directly. A proxy of the environment would take the place of our resolver, and of all that hangs on it.
      'grpc.enable_http_proxy': 0,
      [hubKey]: hub,
      channelFactoryOverride: (address, credentials, all) => this.#open(address, credentials, all),
    }
  }

  channel(credentials: ChannelCredentials): Channel {
    const { channelFactoryOverride: _factory, ...options } = this.options
    return this.#open(this.address, credentials, options)
  }

  inspect(): UpstreamInspection {
    return this.#hub.upstream.inspect()
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #open(address: string, credentials: ChannelCredentials, options: ClientOptions): ServiceChannel {
    const channel = new ServiceChannel(address, credentials, options, (closed) => this.#channels.delete(closed))
    this.#channels.add(channel)
    return channel
  }

  async #end(): Promise<void> {
    this.#hub.refuse()
    await this.#hub.idle()
    for (const channel of [...this.#channels]) channel.close()
    await this.#hub.close()
    await this.#shared?.[Symbol.asyncDispose]()
  }
}

/** What a caller inside the cluster would write: the name of a port is ours, and no server's. */
function authorityOf(target: Target): string {
  const { port } = target
  return formatTarget({ ...target, port: typeof port === 'number' ? port : undefined })
}
