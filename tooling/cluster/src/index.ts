/**
 * A real Kubernetes control plane for tests, benches and people.
 */
export { type Cluster, type ClusterOptions, type ComponentName, startCluster } from './cluster.ts'
export type { Component } from './control-plane/component.ts'
export { addresses, makeNetwork } from './place/network.ts'
