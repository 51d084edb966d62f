/**
 * A balanced channel over discovery in the hands of a test, and a client on it.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  type AttemptEvent,
  type Chooser,
  type EndpointInput,
  eligible,
  events,
  type Peer,
  type PeerInspection,
  type Policy,
  type StaticEndpoints,
  staticEndpoints,
  systemClock,
  systemWallTime,
  type Upstreams,
  type UpstreamsOptions,
  upstreams,
} from '@evenkeel/core'
import {
  type CallOptions,
  type ChannelCredentials,
  credentials,
  Metadata,
  type MetadataOptions,
  type ServiceError,
} from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import { type BalancedChannel, type BalancedChannelOptions, balancedChannel } from '../channel.ts'
import { EchoClient } from './echo-service.ts'

/** The service of all tests. */
export const service = 'user-service'

/** Options of the channel, and of what it is made from. */
export type FieldOptions = Omit<BalancedChannelOptions, 'upstreams' | 'resolver'> &
  Partial<UpstreamsOptions> & { readonly credentials?: ChannelCredentials }

/** What a test says of a unary call. */
export interface UnaryCall {
  readonly message?: string
  readonly method?: 'unary' | 'safe'
  readonly metadata?: MetadataOptions
  readonly options?: CallOptions
}

/** A channel, its client, and what is behind it. */
export interface Field {
  readonly resolver: StaticEndpoints
  readonly shared: Upstreams
  readonly channel: BalancedChannel
  readonly client: EchoClient
  readonly peers: readonly PeerInspection[]
  readonly inFlight: number
  readonly waiting: number
  /** All attempts that have ended, in order. */
  readonly attempts: readonly AttemptEvent[]
  /** The answer of a unary call. */
  unary(call?: UnaryCall): Promise<string>
  /** The error of a unary call. */
  failure(call?: UnaryCall): Promise<ServiceError>
}

/** Opens a channel over the endpoints, which are tried in the order in which they stand. Closed when the test has ended. */
export function open(endpoints: readonly EndpointInput[], options: FieldOptions = {}): Field {
  const {
    policies = [inOrder()],
    guards,
    retry,
    firstSetMs,
    failfastMs,
    maxWaiting,
    clock,
    random,
    self,
    ...rest
  } = options
  const { credentials: given = credentials.createInsecure(), resolver: _resolver, ...grpc } = rest
  const resolver = staticEndpoints({ [service]: endpoints })
  const parts = { resolver, guards, retry, firstSetMs, failfastMs, maxWaiting, clock, random, self }
  const shared = upstreams(parts)
  const attempts: AttemptEvent[] = []
  const hear = (event: unknown): void => void attempts.push(event as AttemptEvent)
  subscribe(events.attempt.name, hear)
  const channel = balancedChannel(service, { ...grpc, policies, upstreams: shared })
  const client = new EchoClient(channel.address, given, channel.options)
  onTestFinished(async () => {
    unsubscribe(events.attempt.name, hear)
    client.close()
    await shared[Symbol.asyncDispose]()
  })
  const unary = ({
    message = 'x',
    method = 'unary',
    metadata = {},
    options: call = {},
  }: UnaryCall = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const withDeadline = { ...within(patienceMs), ...call }
      client[method](Buffer.from(message), new Metadata(metadata), withDeadline, (error, answer) =>
        error === null ? resolve(answer.toString()) : reject(error),
      )
    })
  return {
    resolver,
    shared,
    channel,
    client,
    attempts,
    get peers() {
      return channel.inspect().peers
    },
    get inFlight() {
      return channel.inspect().peers.reduce((sum, { inFlight }) => sum + inFlight, 0)
    },
    get waiting() {
      return channel.inspect().waiting
    },
    unary,
    async failure(call) {
      const error = await unary(call).then(
        (answer) => new Error(`it is answered: ${answer}`),
        (failed: ServiceError) => failed,
      )
      if (!('code' in error)) throw error
      return error
    },
  }
}

/** The first open peer of the list that has room and was not tried. */
export function inOrder(): Policy {
  return { name: 'inOrder', open: () => new InOrder() }
}

class InOrder implements Chooser {
  readonly #peers: Peer[] = []

  join(peer: Peer): void {
    this.#peers.push(peer)
  }

  alter(): void {}

  leave(peer: Peer): void {
    this.#peers.splice(this.#peers.indexOf(peer), 1)
  }

  flush(): void {}

  choose(call: Parameters<Chooser['choose']>[0]): Peer | undefined {
    return this.#peers.find((peer) => eligible(peer, call))
  }
}

// Whatever has to happen on the loopback has happened by then, on the slowest machine.
const patienceMs = 10_000

/** Looks after every poll of the event loop until it is so. Not a pause: it ends with the event. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = systemClock.now() + patienceMs
  while (!(await isSo())) {
    if (systemClock.now() > end) throw new Error(`it does not become so: ${isSo}`)
    await new Promise<void>((resolve) => systemClock.afterPoll(resolve))
  }
}

/** A deadline that many ms from now. */
export function within(ms: number): CallOptions {
  return { deadline: systemWallTime() + ms }
}
