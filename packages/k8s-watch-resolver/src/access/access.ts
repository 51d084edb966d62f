/**
 * Which API server there is, and as whom: the service account of the pod, else a kubeconfig, else none.
 */
import { access as fileAccess } from 'node:fs/promises'
import type { Clock } from '@evenkeel/core'
import { connectedServer } from './api-server/connected-server.ts'
import type { ApiServer } from './api-server.ts'
import { type GivenAccess, given } from './credentials/given.ts'
import { inCluster, serviceAccountFolder, tokenFile } from './credentials/in-cluster.ts'
import { fromKubeconfig, type KubeconfigAccess, type LoadLibrary, thoseThere } from './credentials/kubeconfig.ts'
import type { Credentials } from './credentials.ts'
import { type ClusterVariables, clusterVariables } from './environment.ts'

/**
 * `auto`: the service account when the process runs in a pod that has one, else a kubeconfig when there is one, else nothing. `in-cluster`: the service
 * account or an error. An object without `url` names a kubeconfig.
 */
export type Access = 'auto' | 'in-cluster' | KubeconfigAccess | GivenAccess

/** The world around, which a test replaces. */
export interface Surroundings {
  readonly clock: Clock
  /** Hears what does not stop anything and should be known, such as a token that cannot be read again. */
  readonly warn: (text: string) => void
  /** @defaultValue those of the process */
  readonly variables?: ClusterVariables | undefined
  /** Of the service account. @defaultValue where kubelet puts it */
  readonly folder?: string | undefined
  /** @defaultValue imports `@kubernetes/client-node` */
  readonly load?: LoadLibrary | undefined
}

/** An API server, or why there is none. */
export type Found =
  | { readonly kind: 'server'; readonly server: ApiServer }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Finds the API server; nothing is asked of it.
 * @throws ApiFailure `credentials` when what was named is not there, EvenkeelError for an option that is wrong
 */
export async function findServer(access: Access, surroundings: Surroundings): Promise<Found> {
  const credentials = await credentialsOf(access, surroundings)
  if (typeof credentials === 'string') return { kind: 'none', reason: credentials }
  return { kind: 'server', server: connectedServer(credentials, surroundings.clock) }
}

/** A text says why there are none. */
async function credentialsOf(access: Access, surroundings: Surroundings): Promise<Credentials | string> {
  const { clock, warn, variables = clusterVariables(), folder = serviceAccountFolder, load } = surroundings
  if (access === 'in-cluster') return inCluster(variables, folder, clock, warn)
  if (access !== 'auto') return 'url' in access ? given(access) : fromKubeconfig(access, variables.kubeconfigs, load)
  const token = tokenFile(folder)
  if (variables.host !== undefined && (await isThere(token))) return inCluster(variables, folder, clock, warn)
  const files = await thoseThere(variables.kubeconfigs)
  if (files.length > 0) return fromKubeconfig({}, files, load)
  const pod =
    variables.host === undefined
      ? 'KUBERNETES_SERVICE_HOST is not set'
      : `there is no ${token} (automountServiceAccountToken?)`
  return `${pod}, and there is no kubeconfig at ${variables.kubeconfigs.join(' or ')}`
}

function isThere(path: string): Promise<boolean> {
  return fileAccess(path).then(
    () => true,
    () => false,
  )
}
