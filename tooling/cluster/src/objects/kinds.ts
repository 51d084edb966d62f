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

/** Where the objects of each kind are. */
export const places: Readonly<Record<KindName, Place>> = {
  pods: { apiVersion: 'v1', scope: 'namespace' },
  services: { apiVersion: 'v1', scope: 'namespace' },
  endpointslices: { apiVersion: 'discovery.k8s.io/v1', scope: 'namespace' },
  nodes: { apiVersion: 'v1', scope: 'cluster' },
  deployments: { apiVersion: 'apps/v1', scope: 'namespace' },
  statefulsets: { apiVersion: 'apps/v1', scope: 'namespace' },
  replicasets: { apiVersion: 'apps/v1', scope: 'namespace' },
  events: { apiVersion: 'v1', scope: 'namespace' },
  configmaps: { apiVersion: 'v1', scope: 'namespace' },
  secrets: { apiVersion: 'v1', scope: 'namespace' },
  serviceaccounts: { apiVersion: 'v1', scope: 'namespace' },
  namespaces: { apiVersion: 'v1', scope: 'cluster' },
  roles: { apiVersion: 'rbac.authorization.k8s.io/v1', scope: 'namespace' },
  rolebindings: { apiVersion: 'rbac.authorization.k8s.io/v1', scope: 'namespace' },
  leases: { apiVersion: 'coordination.k8s.io/v1', scope: 'namespace' },
}
