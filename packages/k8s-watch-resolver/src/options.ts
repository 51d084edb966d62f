/**
 * Options of `kubernetes`, checked.
 */
import { type Clock, invalidOption, type Random, systemClock, systemRandom, systemWallTime } from '@evenkeel/core'
import type { Access } from './access/access.ts'
import { checkedUrl } from './access/credentials/given.ts'
import { defaultHoldMs } from './slices/hold.ts'

/** Options of `kubernetes`. */
export interface KubernetesOptions {
  /**
   * Which API server, and as whom. `auto`: the service account of the pod, else a kubeconfig, else none, and then no name is claimed.
   * @defaultValue 'auto'
   */
  readonly access?: Access | undefined
  /** Namespaces whose Services are answered for. Each needs a Role that lets `list` and `watch` its EndpointSlices. @defaultValue the own one */
  readonly namespaces?: readonly string[] | undefined
  /** Which family is used of a pod that has both. @defaultValue 'ipv4' */
  readonly family?: 'ipv4' | 'ipv6' | undefined
  /**
   * Addresses, or blocks such as `127.0.0.0/8`, that slices may name although they are loopback, link-local or a metadata service.
   * @defaultValue none
   */
  readonly allowAddresses?: readonly string[] | undefined
  /** For how long an endpoint is kept that vanishes without having been told to stop, in milliseconds. @defaultValue 500 */
  readonly holdMs?: number | undefined
  /** Streams in one namespace, one for each Service, before a single stream of the namespace takes over. @defaultValue 4 */
  readonly mostStreams?: number | undefined
  /** For how long a stream outlives its last watch, in milliseconds. @defaultValue 30000 */
  readonly lingerMs?: number | undefined
  /** Where this process runs. @defaultValue NODE_NAME and NODE_ZONE, else the labels in /etc/podinfo, else what slices say of the own node */
  readonly self?: { readonly node?: string | undefined; readonly zone?: string | undefined } | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
  /** Milliseconds since 1970, for the age of what the API server has written down. @defaultValue the process's wall clock */
  readonly wallTime?: (() => number) | undefined
  /** Where chance comes from. @defaultValue the process's random numbers */
  readonly random?: Random | undefined
}

/** Options with their defaults. */
export interface Settings {
  readonly access: Access
  readonly namespaces: readonly string[] | undefined
  readonly family: 'ipv4' | 'ipv6'
  readonly allowAddresses: readonly string[]
  readonly holdMs: number
  readonly mostStreams: number
  readonly lingerMs: number
  readonly self: { readonly node?: string | undefined; readonly zone?: string | undefined }
  readonly clock: Clock
  readonly wallTime: () => number
  readonly random: Random
}

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` that names the option, the value and what was expected */
export function settingsOf(options: KubernetesOptions): Settings {
  const { access = 'auto', namespaces, family = 'ipv4', allowAddresses = [], self = {} } = options
  const { holdMs = defaultHoldMs, mostStreams = 4, lingerMs = 30_000 } = options
  const { clock = systemClock, wallTime = systemWallTime, random = systemRandom } = options
  checkAccess(access)
  if (namespaces !== undefined) checkNamespaces(namespaces)
  if (family !== 'ipv4' && family !== 'ipv6') throw invalidOption('family', family, "'ipv4' or 'ipv6'")
  if (!(holdMs >= 0)) throw invalidOption('holdMs', holdMs, '>= 0')
  if (!Number.isInteger(mostStreams) || mostStreams < 1)
    throw invalidOption('mostStreams', mostStreams, 'a whole number of at least 1')
  if (!(lingerMs >= 0)) throw invalidOption('lingerMs', lingerMs, '>= 0')
  return { access, namespaces, family, allowAddresses, holdMs, mostStreams, lingerMs, self, clock, wallTime, random }
}

function checkAccess(access: Access): void {
  if (access === 'auto' || access === 'in-cluster') return
  // A text may be a token in the wrong place.
  if (typeof access !== 'object' || access === null)
    throw invalidOption('access', typeof access, "'auto', 'in-cluster', a kubeconfig or { url }")
  if ('url' in access) checkedUrl(access.url)
}

function checkNamespaces(namespaces: readonly string[]): void {
  const expected = 'names of namespaces, at least one'
  if (!Array.isArray(namespaces) || namespaces.length === 0) throw invalidOption('namespaces', namespaces, expected)
  // RFC 1123 label: what a namespace may be called.
  for (const [index, name] of namespaces.entries())
    if (typeof name !== 'string' || !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      throw invalidOption(`namespaces[${index}]`, name, 'a label of lower-case letters, digits and inner hyphens')
}
