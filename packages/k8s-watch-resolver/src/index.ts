/**
 * Kubernetes Services through watches of their EndpointSlices.
 */
export type { Access } from './access/access.ts'
export type { GivenAccess } from './access/credentials/given.ts'
export type { KubeconfigAccess } from './access/credentials/kubeconfig.ts'
export { kubernetesEvents, type LagEvent, type StreamEvent } from './events.ts'
export { type Kubernetes, type KubernetesReport, kubernetes } from './kubernetes.ts'
export type { KubernetesOptions } from './options.ts'
export type { OwnPlace } from './own-place.ts'
export type { ReflectorReport } from './reflecting/report.ts'
export type { NamespaceReport } from './sharing/namespace-streams.ts'
