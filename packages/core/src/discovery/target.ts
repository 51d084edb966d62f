/**
 * What a caller asks for, and the one grammar for it. All forms of a Service's name are the same target:
 * `user-service`, `user-service.shop`, `user-service.shop.svc`, `user-service.shop.svc.cluster.local`, each with an optional
 * trailing dot and an optional `:port` (a number or the name of a port).
 */
import { EvenkeelError, invalidOption } from '../errors.ts'
import { looksLikeIp } from './ip-literal.ts'

/** A Service, its namespace and one of its ports. */
export interface Target {
  /** DNS-1123 label in lower case; may begin with a digit (KEP-5311). */
  readonly service: string
  /** undefined: the namespace of the resolver. */
  readonly namespace: string | undefined
  /** A port's number or name. undefined: the only port. */
  readonly port: string | number | undefined
  /**
   * True when `.svc` was written, so that the name can only mean a Service. It says how the target was written, not what is asked
   * for: only `claimedName` reads it, and `formatTarget` leaves it out.
   * @defaultValue false
   */
  readonly qualified?: boolean
}

/** How to read a target. */
export interface TargetOptions {
  /** The domain of the cluster. @defaultValue 'cluster.local' */
  readonly clusterDomain?: string | undefined
}

/**
 * Reads a target.
 * @throws EvenkeelError `EVENKEEL_INVALID_TARGET`, which names the text and what was expected.
 *
 * @example
 * ```ts run
 * import { formatTarget, parseTarget } from '@evenkeel/core'
 *
 * const { service, namespace, port } = parseTarget('user-service.shop.svc.cluster.local:8080')
 * console.log(service, namespace, port, formatTarget({ service, namespace, port }))
 * ```
 * ```text
 * user-service shop 8080 user-service.shop:8080
 * ```
 */
export function parseTarget(text: string, options: TargetOptions = {}): Target {
  const parsed = read(text, options)
  if (typeof parsed !== 'string') return parsed
  const shown =
    typeof text === 'string' ? JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text) : typeof text
  throw new EvenkeelError('EVENKEEL_INVALID_TARGET', `${shown} (expected: ${parsed})`, { fault: 'caller' })
}

/** Reads a target if the text is one, else gives undefined. An agent asks this once per new origin. */
export function readTarget(text: string, options: TargetOptions = {}): Target | undefined {
  const parsed = read(text, options)
  return typeof parsed === 'string' ? undefined : parsed
}

/** The canonical text: `user-service.shop:http`. Equal for all forms of one target, so it serves as a key. */
export function formatTarget(target: Target): string {
  const { service, namespace, port } = target
  const short = namespace === undefined ? service : `${service}.${namespace}`
  // Two numbers would read as an IP address.
  const name = namespace !== undefined && looksLikeIp(short) ? `${short}.svc` : short
  return port === undefined ? name : `${name}:${port}`
}

// RFC 1123 label, at most 63 (RFC 1035 §2.3.4). Without the flag `u`, so that `i` folds ASCII only (no Kelvin sign for k).
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** A target, or what was expected instead. */
function read(text: string, options: TargetOptions): Target | string {
  const { clusterDomain = 'cluster.local' } = options
  const domain = domainLabels(clusterDomain)
  if (typeof text !== 'string') return 'a text such as user-service.shop:8080'
  if (looksLikeIp(text)) return 'the name of a Service, not an IP address'
  const colon = text.indexOf(':')
  const port = colon < 0 ? undefined : readPort(text.slice(colon + 1))
  if (colon >= 0 && port === undefined) {
    return 'after the colon a port from 1 to 65535 or its name: at most 15 of a-z, 0-9 and single inner hyphens, with a letter'
  }
  const host = colon < 0 ? text : text.slice(0, colon)
  const labels = (host.endsWith('.') ? host.slice(0, -1) : host).split('.')
  if (!labels.every((part) => label.test(part))) {
    return 'labels of 1 to 63 letters, digits and inner hyphens, joined by dots'
  }
  const [service = '', namespace, svc, ...rest] = labels.map((part) => part.toLowerCase())
  if (svc === undefined) return { service, namespace, port, qualified: false }
  const inCluster =
    rest.length === 0 || (rest.length === domain.length && rest.every((part, at) => part === domain[at]))
  if (svc !== 'svc' || !inCluster) {
    return `service, service.namespace, service.namespace.svc or service.namespace.svc.${domain.join('.')}`
  }
  return { service, namespace, port, qualified: true }
}

function readPort(text: string): string | number | undefined {
  if (/^[1-9][0-9]{0,4}$/.test(text)) {
    const port = Number(text)
    return port <= 65_535 ? port : undefined
  }
  return isPortName(text) ? text : undefined
}

/** IANA service name as Kubernetes takes it for a port (RFC 6335 §5.1, lower case only). */
function isPortName(text: string): boolean {
  return /^[a-z0-9-]{1,15}$/.test(text) && /[a-z]/.test(text) && !/^-|-$|--/.test(text)
}

function domainLabels(clusterDomain: string): readonly string[] {
  // The default is by far the most common value and this runs for every new origin.
  if (clusterDomain === 'cluster.local') return defaultDomain
  const text = typeof clusterDomain === 'string' ? clusterDomain.toLowerCase().replace(/\.$/, '') : ''
  const labels = text.split('.')
  if (!labels.every((part) => label.test(part))) {
    throw invalidOption('clusterDomain', clusterDomain, 'a domain name such as cluster.local')
  }
  return labels
}

const defaultDomain: readonly string[] = ['cluster', 'local']
