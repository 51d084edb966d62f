/**
 * The channels that are compared, each as its users would make it.
 */
import { createRequire } from 'node:module'
import { roundRobin, staticEndpoints } from '@evenkeel/core'
import { type BalancedChannelOptions, balancedChannel } from '@evenkeel/grpc-transport'
import { Client, type ClientOptions, credentials } from '@grpc/grpc-js'

/** The names that the command line knows. */
export type VariantName =
  | 'round-robin'
  | 'balanced-channel'
  | 'balanced-channel-round-robin'
  | 'pick-first'
  | 'weighted-round-robin'
  | 'outlier-detection'

/** Whether a call may be sent twice. */
export type Repeats = 'repeatable' | 'not repeatable'

const grpc = `grpc-js ${(createRequire(import.meta.url)('@grpc/grpc-js/package.json') as { readonly version: string }).version}`
const service = 'service.bench'

/** What every call calls. */
export const method = '/bench.Echo/Unary'

/** By what people read. */
export const labels: Readonly<Record<VariantName, string>> = {
  'round-robin': `${grpc} round_robin`,
  'balanced-channel': 'evenkeel balancedChannel',
  'balanced-channel-round-robin': 'evenkeel balancedChannel, roundRobin()',
  'pick-first': `${grpc} pick_first`,
  'weighted-round-robin': `${grpc} weighted_round_robin`,
  'outlier-detection': `${grpc} outlier_detection`,
}

/** All of them, the baseline first. */
export const variantNames: readonly VariantName[] = Object.keys(labels) as VariantName[]

/** Those of the command line among `known`, all of them if it names none; and always those in `always`. */
export function chosenVariants(
  wanted: readonly string[],
  known: readonly VariantName[],
  always: readonly VariantName[] = [],
): readonly VariantName[] {
  return known.filter((name) => wanted.length === 0 || wanted.includes(name) || always.includes(name))
}

/**
 * Makes a client of the pods. The process that measures ends with it, so nothing is closed.
 *
 * A call that is repeatable is one of ours by its method, and one of grpc-js by a `retryPolicy` for UNAVAILABLE.
 */
export const variants: Readonly<Record<VariantName, (locators: readonly string[], repeats: Repeats) => Client>> = {
  'round-robin': (locators, repeats) => plainClient(locators, repeats, policyConfigs['round-robin']),
  'balanced-channel': (locators, repeats) => balancedClient(locators, repeats, {}),
  'balanced-channel-round-robin': (locators, repeats) =>
    balancedClient(locators, repeats, { policies: [roundRobin()] }),
  'pick-first': (locators, repeats) => plainClient(locators, repeats, policyConfigs['pick-first']),
  'weighted-round-robin': (locators, repeats) => plainClient(locators, repeats, policyConfigs['weighted-round-robin']),
  'outlier-detection': (locators, repeats) => plainClient(locators, repeats, policyConfigs['outlier-detection']),
}

/** What a service config says for each policy of grpc-js. */
export const policyConfigs = {
  'pick-first': { pick_first: {} },
  'round-robin': { round_robin: {} },
  'weighted-round-robin': { weighted_round_robin: {} },
  'outlier-detection': {
    outlier_detection: {
      // Durations as objects: grpc-js takes no text, and without a word runs pick_first instead. Its interval is 10 s unless told; with one of
      // 1 s it can act within the seconds that are measured, in which each server gets more than ten calls.
      interval: { seconds: 1, nanos: 0 },
      base_ejection_time: { seconds: 30, nanos: 0 },
      failure_percentage_ejection: { threshold: 50, enforcement_percentage: 100, minimum_hosts: 5, request_volume: 10 },
      child_policy: [{ round_robin: {} }],
    },
  },
} as const

// Short beside the deadline of a second, and enough attempts that one of them meets a good server.
const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: '0.01s',
  maxBackoff: '0.1s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
}

function plainClient(locators: readonly string[], repeats: Repeats, policy: object): Client {
  const methodConfig = repeats === 'repeatable' ? [{ name: [{}], retryPolicy }] : []
  const config = { loadBalancingConfig: [policy], methodConfig }
  const options: ClientOptions = { 'grpc.service_config': JSON.stringify(config) }
  return new Client(`ipv4:${locators.join(',')}`, credentials.createInsecure(), options)
}

function balancedClient(
  locators: readonly string[],
  repeats: Repeats,
  options: Pick<BalancedChannelOptions, 'policies'>,
): Client {
  const channel = balancedChannel(service, {
    ...options,
    resolver: staticEndpoints({ [service]: [...locators] }),
    repeatable: repeats === 'repeatable' ? ['bench.Echo'] : [],
  })
  return new Client(channel.address, credentials.createInsecure(), channel.options)
}
