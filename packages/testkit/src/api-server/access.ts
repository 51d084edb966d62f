/**
 * Who asks, and what they may see: tokens and grants, as authentication by token and RBAC decide it.
 */
import { createHash } from 'node:crypto'
import type { Question, ResourcePath } from './question.ts'
import { forbidden, qualified, unauthorized } from './status.ts'

/** What somebody may do, as a rule of a Role. */
export interface ApiGrant {
  /** @defaultValue everybody with a token */
  readonly user?: string | undefined
  /** @defaultValue all namespaces, as a ClusterRole */
  readonly namespace?: string | undefined
  /** `*` is every resource and every other path. */
  readonly resource: 'endpointslices' | 'services' | '*'
  /** @defaultValue all three */
  readonly verbs?: readonly ('get' | 'list' | 'watch')[] | undefined
}

// Who has no token.
const anonymous = 'system:anonymous'

/** How a token is noted: the first 16 hexadecimal digits of its SHA-256. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}

/** Tokens and grants. */
export class Access {
  grants: readonly ApiGrant[] = [{ resource: '*' }]
  readonly #users = new Map<string, string>()

  add(token: string, user: string): void {
    this.#users.set(token, user)
  }

  revoke(token: string): void {
    this.#users.delete(token)
  }

  /** Undefined for an unknown token. */
  userOf(token: string | undefined): string | undefined {
    return token === undefined ? anonymous : this.#users.get(token)
  }

  /** @throws Refused 401 for an unknown token, 403 for what is not granted */
  check(token: string | undefined, question: Question): void {
    const user = this.userOf(token)
    if (user === undefined) throw unauthorized()
    const { resource, path } = question
    if (resource === undefined) {
      if (!this.#grantsOf(user).some((grant) => grant.resource === '*'))
        throw forbidden(`forbidden: User "${user}" cannot get path "${path}"`, {})
      return
    }
    const verb = question.verb === 'watch-list' ? 'watch' : question.verb
    if (!this.#grantsOf(user).some((grant) => covers(grant, verb, resource))) throw refusal(user, verb, resource)
  }

  #grantsOf(user: string): readonly ApiGrant[] {
    return user === anonymous ? [] : this.grants.filter((grant) => grant.user === undefined || grant.user === user)
  }
}

function covers({ namespace, resource, verbs }: ApiGrant, verb: string, asked: ResourcePath): boolean {
  if (namespace !== undefined && namespace !== asked.namespace) return false
  if (resource !== '*') {
    const group = resource === 'services' ? '' : 'discovery.k8s.io'
    if (resource !== asked.resource || group !== asked.group || asked.subresource !== undefined) return false
  }
  return verbs === undefined || verbs.some((one) => one === verb)
}

function refusal(user: string, verb: string, { group, resource, namespace, name, subresource }: ResourcePath): Error {
  const what = `${qualified(resource, group)}${name === undefined ? '' : ` "${name}"`}`
  const full = subresource === undefined ? resource : `${resource}/${subresource}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const details = {
    ...(name === undefined ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  }
  return forbidden(
    `${what} is forbidden: User "${user}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`,
    details,
  )
}
