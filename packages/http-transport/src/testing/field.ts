/**
 * A dispatcher over discovery in the hands of a test.
 */
import {
  type EndpointInput,
  EvenkeelError,
  type PeerInspection,
  type StaticEndpoints,
  staticEndpoints,
  type Upstreams,
  type UpstreamsOptions,
  upstreams,
} from '@evenkeel/core'
import { inOrder } from '@evenkeel/core/testing'
import { onTestFinished } from 'vitest'
import { BalancedDispatcher, type BalancedDispatcherOptions } from '../dispatcher.ts'

/** The service of all tests. */
export const service = 'user-service'

/** Options of the dispatcher, and of what it is made from. */
export type FieldOptions = Omit<BalancedDispatcherOptions, 'upstreams' | 'resolver'> & Partial<UpstreamsOptions>

/** A dispatcher and what is behind it. */
export interface Field {
  readonly resolver: StaticEndpoints
  readonly shared: Upstreams
  readonly dispatcher: BalancedDispatcher
  /** What the dispatcher knows of the peers, in the order of the list. */
  readonly peers: readonly PeerInspection[]
  readonly inFlight: number
  readonly waiting: number
  /** Closes it all. */
  close(): Promise<void>
}

/** Opens a dispatcher over the endpoints, which are tried in the order in which they stand. Destroyed when the test has ended. */
export function open(endpoints: readonly EndpointInput[], options: FieldOptions = {}): Field {
  const {
    policies = [inOrder()],
    resolver: given,
    guards,
    retry,
    firstSetMs,
    failfastMs,
    maxWaiting,
    ...rest
  } = options
  const resolver = staticEndpoints({ [service]: endpoints })
  const { clock, random, self, ...http } = rest
  const shared = upstreams({
    resolver: given ?? resolver,
    guards,
    retry,
    firstSetMs,
    failfastMs,
    maxWaiting,
    clock,
    random,
    self,
  })
  const dispatcher = new BalancedDispatcher(service, { ...http, policies, upstreams: shared })
  onTestFinished(async () => {
    await dispatcher.destroy()
    await shared[Symbol.asyncDispose]()
  })
  return {
    resolver,
    shared,
    dispatcher,
    get peers() {
      return dispatcher.inspect().peers
    },
    get inFlight() {
      return dispatcher.inspect().peers.reduce((sum, { inFlight }) => sum + inFlight, 0)
    },
    get waiting() {
      return dispatcher.inspect().waiting
    },
    async close() {
      await dispatcher.close()
      await shared[Symbol.asyncDispose]()
    },
  }
}

export { until } from '@evenkeel/core/testing'

/** The EvenkeelError with which something fails, also below a wrapper such as fetch's TypeError. */
export async function failure(call: Promise<unknown>): Promise<EvenkeelError> {
  const error = await rejection(call)
  for (let one = error; one instanceof Error; one = one.cause) if (EvenkeelError.is(one)) return one
  throw error
}

/** What something fails with. */
export async function rejection(call: Promise<unknown>): Promise<unknown> {
  const value = await call.then(
    () => notRejected,
    (error: unknown) => error,
  )
  if (value === notRejected) throw new Error('it does not fail')
  return value
}

const notRejected = Symbol('not rejected')
