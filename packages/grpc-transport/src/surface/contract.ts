/**
 * What we need of grpc-js beyond its public API, by name: what is checked is what is used.
 */

import { invalidOption } from '@evenkeel/core'
import { Channel, experimental } from '@grpc/grpc-js'
import { hubKey } from './hub.ts'
import { policyName, ServicePolicy, ServicePolicyConfig } from './policy.ts'
import { ServiceResolver, scheme } from './resolver.ts'

const functions = ['registerResolver', 'registerLoadBalancerType', 'statusOrFromValue', 'parseDuration'] as const

/** The names that this grpc-js lacks. */
export function missingFrom(surface: Readonly<Record<string, unknown>>, channel: unknown): readonly string[] {
  const missing = functions.filter((name) => typeof surface[name] !== 'function').map((name) => `experimental.${name}`)
  if (typeof surface.CHANNEL_ARGS_CONFIG_SELECTOR_KEY !== 'string')
    missing.push('experimental.CHANNEL_ARGS_CONFIG_SELECTOR_KEY')
  const prefix = surface.SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX
  if (typeof prefix !== 'string' || !hubKey.startsWith(prefix))
    missing.push('experimental.SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX')
  if (typeof channel !== 'function') missing.push('Channel')
  return missing
}

// For the copy of grpc-js that this module sees. Not at import: a module that only declares may be left out by a bundler.
let registered = false

/** Makes grpc-js know our scheme and our policy. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for a version that lacks what we need */
export function register(): void {
  if (registered) return
  const missing = missingFrom(experimental as unknown as Record<string, unknown>, Channel)
  if (missing.length > 0)
    throw invalidOption('@grpc/grpc-js', `without ${missing.join(', ')}`, 'a version that has them, such as 1.14')
  experimental.registerResolver(scheme, ServiceResolver)
  experimental.registerLoadBalancerType(policyName, ServicePolicy, ServicePolicyConfig)
  registered = true
}
