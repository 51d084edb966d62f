/**
 * What the environment says of the API server.
 */
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The variables that are read. */
export interface ClusterVariables {
  /** Host and port of the API server, as kubelet tells every pod; undefined elsewhere. */
  readonly host: string | undefined
  readonly port: string | undefined
  /** Where kubectl would look for its configuration, in its order. */
  readonly kubeconfigs: readonly string[]
}

/** @param variables @defaultValue process.env */
export function clusterVariables(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): ClusterVariables {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, KUBECONFIG: kubeconfig } = variables
  const named = (kubeconfig ?? '').split(delimiter).filter((path) => path !== '')
  return {
    host: host === '' ? undefined : host,
    port: port === '' ? undefined : port,
    kubeconfigs: named.length > 0 ? named : [join(homedir(), '.kube', 'config')],
  }
}

/** Where this process runs, as manifests tell it by custom: `spec.nodeName` as NODE_NAME, the label of the zone as NODE_ZONE. @param variables @defaultValue process.env */
export function ownVariables(variables: Readonly<Record<string, string | undefined>> = process.env): {
  readonly node: string | undefined
  readonly zone: string | undefined
} {
  const { NODE_NAME: node, NODE_ZONE: zone } = variables
  return { node: node === '' ? undefined : node, zone: zone === '' ? undefined : zone }
}
