/**
 * A real Kubernetes cluster for tests, benches, applications and people.
 */
export { builtProgram } from './build.ts'
export { type Cluster, type ClusterOptions, type ComponentName, type ContainerPlace, startCluster } from './cluster.ts'
export type { Component } from './control-plane/component.ts'
export { type CutOptions, cut } from './faults/cut.ts'
export type { Fault } from './faults/fault.ts'
export { type SlowOptions, slow } from './faults/slow.ts'
export type { KindName, Kinds } from './objects/kinds.ts'
export { Objects, type ServerOptions } from './objects/objects.ts'
export type { Query, Reference } from './objects/query.ts'
export type { Recording } from './objects/recording.ts'
export { Refusal } from './objects/refusal.ts'
export { addresses, makeNetwork } from './place/network.ts'
export { type Image, type Images, imagesOf } from './runtime/images.ts'
export type { SuiteMeta } from './suite/task-meta.ts'
