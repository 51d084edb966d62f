/**
 * Failures of a reflector as its observers hear them: what, where, and what to do.
 */
import { EvenkeelError } from '@evenkeel/core'
import { Refusal } from './asking/status.ts'

/** What was asked for, as an administrator of the cluster calls it. */
export interface Subject {
  /** API group of the resource; empty for the core group. */
  readonly group: string
  /** Such as `endpointslices`. */
  readonly resource: string
  readonly verbs: readonly string[]
  readonly namespace: string
  /** Why it is needed, as the end of a sentence. */
  readonly reason: string
}

/** The error to tell. @param url of the API server */
export function failureOf(cause: unknown, url: string, subject: Subject): EvenkeelError {
  const { resource, namespace } = subject
  const what = `${resource} of the namespace ${namespace} at ${url}`
  const facts = { fault: 'discovery', cause } as const
  if (!(cause instanceof Refusal))
    return new EvenkeelError('EVENKEEL_DISCOVERY_UNREACHABLE', `${what}: ${messageOf(cause)}`, facts)
  if (cause.kind === 'forbidden')
    return new EvenkeelError(
      'EVENKEEL_DISCOVERY_FORBIDDEN',
      `${what}: ${cause.message}\n${roleFor(cause.message, subject)}`,
      facts,
    )
  if (cause.kind === 'unauthorized')
    return new EvenkeelError('EVENKEEL_DISCOVERY_UNAUTHORIZED', `${what}: ${cause.message}`, facts)
  const hint = cause.kind === 'missing' ? ' (expected: an API server that has them, Kubernetes 1.21 or newer)' : ''
  return new EvenkeelError('EVENKEEL_DISCOVERY_UNREACHABLE', `${what}: ${cause.message}${hint}`, facts)
}

/** The Role and RoleBinding that would let the caller do it, for `kubectl apply`; what follows on the last line is a comment of it. @param refusal what the API server said, which names the caller */
function roleFor(refusal: string, { group, resource, verbs, namespace, reason }: Subject): string {
  const [, ownNamespace = namespace, account = 'default'] =
    /system:serviceaccount:([^:"]+):([^:"]+)/.exec(refusal) ?? []
  const name = `evenkeel-${resource}`
  return `Needed ${reason}; apply this:
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${name}, namespace: ${namespace} }
rules:
  - { apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs.join(', ')}] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${name}, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }
subjects:
  - { kind: ServiceAccount, name: ${account}, namespace: ${ownNamespace} }
# that is all of it`
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
