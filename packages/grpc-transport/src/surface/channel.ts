/**
 * A grpc-js channel whose calls know their deadline: neither the selector nor the picker is told it, but grpc-js hands it to the call that retries,
 * together with what the selector said.
 */
import { Channel, type ChannelCredentials, type ChannelOptions, type Deadline } from '@grpc/grpc-js'

/** What the selector answers with, if it wants to know. */
export interface KnowsDeadline {
  /** The deadline of the call, with the timeout of the service config. */
  deadlineIs(deadline: Deadline): void
}

interface Internals {
  readonly internalChannel?: {
    createRetryingCall?(
      config: KnowsDeadline,
      method: string,
      host: string,
      credentials: unknown,
      deadline: Deadline,
      id: number,
    ): unknown
  }
}

/** Made by `BalancedChannel.channel` and, through `channelFactoryOverride`, by every client. */
export class ServiceChannel extends Channel {
  readonly #closed: (channel: ServiceChannel) => void

  constructor(
    address: string,
    credentials: ChannelCredentials,
    options: ChannelOptions,
    closed: (channel: ServiceChannel) => void,
  ) {
    super(address, credentials, options)
    this.#closed = closed
    const internal = (this as unknown as Internals).internalChannel
    const original = internal?.createRetryingCall
    if (internal === undefined || original === undefined) return
    internal.createRetryingCall = (config, method, host, credentials, deadline, id) => {
      config.deadlineIs(deadline)
      return original.call(internal, config, method, host, credentials, deadline, id)
    }
  }

  override close(): void {
    super.close()
    this.#closed(this)
  }
}
