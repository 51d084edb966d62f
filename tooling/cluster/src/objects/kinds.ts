/**
 * The kinds of objects that tests name by one word: where the API server keeps them, and what they look like.
 */
import type * as kubernetes from '@kubernetes/client-node'

/** An object as the API server writes it: times are text, not dates. */
export type AsSent<T> = T extends Date ? string : T extends object ? { readonly [K in keyof T]: AsSent<T[K]> } : T

/** An object of any kind, also of one that is not in the table. */
export type AnyObject = AsSent<kubernetes.KubernetesObject>

/** What the objects of each kind look like. */
export interface Kinds {
  readonly pods: AsSent<kubernetes.V1Pod>
  readonly services: AsSent<kubernetes.V1Service>
  readonly endpointslices: AsSent<kubernetes.V1EndpointSlice>
  readonly nodes: AsSent<kubernetes.V1Node>
  readonly deployments: AsSent<kubernetes.V1Deployment>
  readonly statefulsets: AsSent<kubernetes.V1StatefulSet>
  readonly replicasets: AsSent<kubernetes.V1ReplicaSet>
  readonly events: AsSent<kubernetes.CoreV1Event>
  readonly configmaps: AsSent<kubernetes.V1ConfigMap>
  readonly secrets: AsSent<kubernetes.V1Secret>
  readonly serviceaccounts: AsSent<kubernetes.V1ServiceAccount>
  readonly namespaces: AsSent<kubernetes.V1Namespace>
  readonly roles: AsSent<kubernetes.V1Role>
  readonly rolebindings: AsSent<kubernetes.V1RoleBinding>
  readonly leases: AsSent<kubernetes.V1Lease>
}

/** Name of a kind, as kubectl has it. */
export type KindName = keyof Kinds

/** Where the objects of a kind are. */
export interface Place {
  /** `v1`, or group and version. */
  readonly apiVersion: string
  readonly scope: 'namespace' | 'cluster'
}

const core = 'v1'
const apps = 'apps/v1'
const roles = 'rbac.authorization.k8s.io/v1'

/** Where the objects of each kind are. */
export const places: Readonly<Record<KindName, Place>> = {
  nodes: { apiVersion: core, scope: 'cluster' },
  namespaces: { apiVersion: core, scope: 'cluster' },
  ...inNamespaces(core, 'pods', 'services', 'events', 'configmaps', 'secrets', 'serviceaccounts'),
  ...inNamespaces(apps, 'deployments', 'statefulsets', 'replicasets'),
  ...inNamespaces(roles, 'roles', 'rolebindings'),
  ...inNamespaces('discovery.k8s.io/v1', 'endpointslices'),
  ...inNamespaces('coordination.k8s.io/v1', 'leases'),
}

function inNamespaces<N extends KindName>(apiVersion: string, ...names: readonly N[]): Readonly<Record<N, Place>> {
  return Object.fromEntries(names.map((name) => [name, { apiVersion, scope: 'namespace' }])) as Record<N, Place>
}
