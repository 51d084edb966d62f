/**
 * How core's rules reach grpc-js's retries: a policy that knows no code that may be repeated, and one that knows all. grpc-js reads the policy of a
 * call when an attempt ends, so a call that is to go on is given the second one just then. The delay is core's, told as if the server had asked for it.
 */
import { status } from '@grpc/grpc-js'
import type { MethodConfig } from './method-configs.ts'

type RetryPolicy = NonNullable<MethodConfig['retryPolicy']>

/** grpc-js counts attempts too: more than core may ever allow, so that core's count is the one that counts. */
export const mostAttempts = 20

// The delays stand for nothing: every attempt that is repeated says its own.
const policy: Omit<RetryPolicy, 'retryableStatusCodes'> = {
  maxAttempts: mostAttempts,
  initialBackoff: '0.025s',
  maxBackoff: '0.25s',
  backoffMultiplier: 2,
}

/** For the one attempt that core has just permitted: what a refused or lost stream, a cut connection and an overloaded server look like. */
export const onceMore: MethodConfig = {
  name: [],
  retryPolicy: {
    ...policy,
    retryableStatusCodes: [
      status.UNAVAILABLE,
      status.RESOURCE_EXHAUSTED,
      status.CANCELLED,
      status.INTERNAL,
      status.UNKNOWN,
    ],
  },
}

/** For everything else: failures that no attempt has seen, such as that of credentials, are nothing to repeat. */
const nothing: RetryPolicy = { ...policy, retryableStatusCodes: [] }

/** For a call that is not repeated any more. */
export const neverAgain: MethodConfig = { name: [], retryPolicy: nothing }

/** The config of a method whose calls are moved and repeated as core permits. */
export function ruled(config: MethodConfig): MethodConfig {
  return { ...config, retryPolicy: nothing }
}

/** Service configs name codes by number or by name. */
export function codeIsIn(codes: readonly (status | string)[], code: status): boolean {
  return codes.some((one) => one === code || String(one).toUpperCase() === status[code])
}
