/**
 * A balanced channel over discovery in the hands of a test, and a client on it.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  type AttemptEvent,
  type EndpointInput,
  events,
  type PeerInspection,
  type StaticEndpoints,
  staticEndpoints,
  systemWallTime,
  type UpstreamsOptions,
  upstreams,
} from '@evenkeel/core'
import { inOrder } from '@evenkeel/core/testing'
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
  /** @defaultValue 'x' */
  readonly message?: string
  /** @defaultValue 'unary' */
  readonly method?: 'unary' | 'safe'
  /** @defaultValue none */
  readonly metadata?: MetadataOptions
  /** @defaultValue a deadline of 10 s */
  readonly options?: CallOptions
}

/** A channel, its client, and what is behind it. */
export interface Field {
  /** Where the endpoints come from. */
  readonly resolver: StaticEndpoints
  /** What is tested. */
  readonly channel: BalancedChannel
  /** On the channel. */
  readonly client: EchoClient
  /** In the order of the list. */
  readonly peers: readonly PeerInspection[]
  /** Over all peers. */
  readonly inFlight: number
  /** Calls in the line. */
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
  const shared = upstreams({ resolver, guards, retry, firstSetMs, failfastMs, maxWaiting, clock, random, self })
  const channel = balancedChannel(service, { ...grpc, policies, upstreams: shared })
  const client = new EchoClient(channel.address, given, channel.options)
  onTestFinished(async () => {
    client.close()
    await shared[Symbol.asyncDispose]()
  })
  return {
    resolver,
    channel,
    client,
    attempts: heardAttempts(),
    get peers() {
      return channel.inspect().peers
    },
    get inFlight() {
      return channel.inspect().peers.reduce((sum, { inFlight }) => sum + inFlight, 0)
    },
    get waiting() {
      return channel.inspect().waiting
    },
    unary: (call) => unaryOf(client, call),
    failure: (call) => errorOf(unaryOf(client, call)),
  }
}

function heardAttempts(): readonly AttemptEvent[] {
  const attempts: AttemptEvent[] = []
  const hear = (event: unknown): void => void attempts.push(event as AttemptEvent)
  subscribe(events.attempt.name, hear)
  onTestFinished(() => void unsubscribe(events.attempt.name, hear))
  return attempts
}

function unaryOf(client: EchoClient, call: UnaryCall = {}): Promise<string> {
  const { message = 'x', method = 'unary', metadata = {}, options = {} } = call
  const withDeadline = { ...within(patienceMs), ...options }
  return new Promise((resolve, reject) => {
    client[method](Buffer.from(message), new Metadata(metadata), withDeadline, (error, answer) =>
      error === null ? resolve(answer.toString()) : reject(error),
    )
  })
}

async function errorOf(call: Promise<string>): Promise<ServiceError> {
  const error = await call.then(
    (answer) => new Error(`it is answered: ${answer}`),
    (failed: ServiceError) => failed,
  )
  if (!('code' in error)) throw error
  return error
}

export { until } from '@evenkeel/core/testing'

// Whatever a call on the loopback does, it has done by then, on the slowest machine.
const patienceMs = 10_000

/** A deadline that many ms from now. */
export function within(ms: number): CallOptions {
  return { deadline: systemWallTime() + ms }
}
