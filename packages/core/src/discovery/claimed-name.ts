/**
 * The rule by which a resolver of cluster names decides whether a name is its business. A drop-in agent sees every name the
 * process calls; whatever is not claimed goes its usual way.
 */
import type { Target } from './target.ts'

/** Where the resolver stands. */
export interface ClaimOptions {
  /** The own namespace; undefined when unknown, then a single label is not claimed. */
  readonly namespace: string | undefined
  /**
   * Namespaces for which `service.namespace` is claimed without `.svc`: a name of two labels may just as well be `example.com`.
   * @defaultValue the own namespace
   */
  readonly namespaces?: readonly string[] | undefined
}

/**
 * Whether the name is a Service's.
 * - One label: yes, except `localhost` (RFC 6761).
 * - `service.namespace`: only if the namespace is allowed.
 * - `service.namespace.svc` and `….svc.<cluster domain>`: yes, for any namespace: the name can mean nothing else.
 *
 * Other cluster domains and other names never become a `Target`.
 */
export function claimedName(target: Target, options: ClaimOptions): boolean {
  const { namespace: own, namespaces } = options
  if (target.namespace === undefined) return own !== undefined && target.service !== 'localhost'
  if (target.qualified === true) return true
  return namespaces === undefined ? target.namespace === own : namespaces.includes(target.namespace)
}
