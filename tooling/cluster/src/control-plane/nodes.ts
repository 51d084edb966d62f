/**
 * The nodes of a cluster and the programs that are all of them: a process kubelet each, and a runtime that they tell what to run.
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { environmentWith } from '../environment.ts'
import { addresses } from '../place/network.ts'
import type { Images } from '../runtime/images.ts'
import { type RuntimeSettings, socketOf } from '../runtime/main.ts'

/** A node and the zone that it is in. */
export interface ClusterNode {
  /** `node-1`, `node-2` and so on. */
  readonly name: string
  /** From 1. */
  readonly number: number
  readonly zone: string
}

/** The nodes, zones in turn. */
export function nodesIn(count: number, zones: readonly string[]): readonly ClusterNode[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    number: index + 1,
    zone: zones[index % zones.length] as string,
  }))
}

/** Command of the runtime. */
export function runtimeCommand(folder: string, nodes: readonly ClusterNode[], images: Images): readonly string[] {
  const files = runtimeFolder(folder)
  mkdirSync(files, { recursive: true })
  const { PATH = '' } = environmentWith({})
  const settings: RuntimeSettings = {
    folder: files,
    nodes: nodes.length,
    images,
    // Pods find the Node that the cluster runs with first, as if their images had it.
    path: `${dirname(process.execPath)}:${PATH}`,
  }
  const program = join(import.meta.dirname, '../runtime/main.ts')
  return [process.execPath, '--conditions=source', program, JSON.stringify(settings)]
}

/** The one argument of the process kubelet of a node. */
export function kubeletSettings(folder: string, { name, number, zone }: ClusterNode, kubeconfig: string): string {
  return JSON.stringify({
    kubeconfig,
    folder: join(folder, name),
    dns: addresses.dns,
    name,
    address: addresses.node(number),
    labels: { 'topology.kubernetes.io/zone': zone },
    runtime: `unix://${socketOf(runtimeFolder(folder), number)}`,
  })
}

function runtimeFolder(folder: string): string {
  return join(folder, 'runtime')
}
