/**
 * The service account of a pod, as kubelet puts it there: token, authority and namespace are files, the address is in the environment.
 */
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@evenkeel/core'
import { ApiFailure } from '../api-server.ts'
import { bearer, type Credentials, type Shown, type Trust } from '../credentials.ts'
import type { ClusterVariables } from '../environment.ts'
import { Reread } from './reread.ts'

/** Where kubelet puts them. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

// client-go: a minute, less 10 s of leeway. kubelet replaces a token at 80 % of its life, so that the old one is good for much longer.
const tokenAgeMs = 60_000 - 10_000

/** The file of the token in the folder: without it there is no service account. */
export function tokenFile(folder: string): string {
  return join(folder, 'token')
}

/**
 * @param variables that hold the host
 * @throws ApiFailure `credentials` outside of a pod
 */
export async function inCluster(
  variables: ClusterVariables,
  folder: string,
  clock: Clock,
  warn: (text: string) => void,
): Promise<Credentials> {
  const { host, port = '443' } = variables
  if (host === undefined)
    throw new ApiFailure('credentials', 'KUBERNETES_SERVICE_HOST is not set (expected: to run in a pod)')
  const url = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
  // A token can be projected without a namespace beside it; then it has to be named.
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
  return new ServiceAccount(
    url,
    namespace === '' ? undefined : namespace,
    new Reread(tokenFile(folder), clock, tokenAgeMs, warn),
    new Reread(join(folder, 'ca.crt'), clock, Number.POSITIVE_INFINITY, warn),
  )
}

class ServiceAccount implements Credentials {
  readonly url: string
  readonly namespace: string | undefined
  readonly #token: Reread
  readonly #authority: Reread
  #trust: Trust = {}

  constructor(url: string, namespace: string | undefined, token: Reread, authority: Reread) {
    this.url = url
    this.namespace = namespace
    this.#token = token
    this.#authority = authority
  }

  async show(): Promise<Shown> {
    const [token, ca] = await Promise.all([this.#token.read(), this.#authority.read()])
    if (this.#trust.ca !== ca) this.#trust = { ca }
    return { headers: bearer(token), trust: this.#trust }
  }

  renew(): void {
    this.#token.forget()
    this.#authority.forget()
  }
}
