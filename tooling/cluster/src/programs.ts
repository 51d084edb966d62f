/**
 * The programs that Go builds, those of the control plane and one that packages are tried against: which there are, which Go module of ours pins them, and
 * where they are kept. Kubernetes is itself a Go module, so the ordinary `go` builds its real programs.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './environment.ts'

/** What a cluster is made of, and grpc-go for interop. */
export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kube-proxy'
  | 'kubectl'
  | 'process-kubelet'
  | 'coredns'
  | 'grpc-interop'

/** One program and how it is built. */
export interface Program {
  readonly name: ProgramName
  /** Folder of the Go module, below `go/`. */
  readonly module: 'kubernetes' | 'coredns' | 'grpc-interop'
  /** Go's name of it. */
  readonly package: string
}

/** All of them, in the order in which they are built: the one that takes longest first, since the others share what it compiled. */
export const programs: readonly Program[] = [
  { name: 'kube-apiserver', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kube-controller-manager', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  { name: 'kube-scheduler', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  { name: 'kube-proxy', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-proxy' },
  { name: 'kubectl', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
  // Ours: the kubelet's own code behind a main of some lines.
  { name: 'process-kubelet', module: 'kubernetes', package: './process-kubelet' },
  { name: 'etcd', module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'coredns', module: 'coredns', package: 'github.com/coredns/coredns' },
  // No part of a cluster: grpc-go's server and client of the interop cases behind a main of ours.
  { name: 'grpc-interop', module: 'grpc-interop', package: './interop' },
]

/** Folder of a Go module. */
export function moduleFolder(module: Program['module']): string {
  return join(import.meta.dirname, '../go', module)
}

/** Where a program is once it is built: other versions have other folders, so an update never runs what was built before it. */
export function pathOf(name: ProgramName): string {
  const { module, package: source } = programs.find((program) => program.name === name) as Program
  return join(cacheFolder(), hashOf(module, source), name)
}

/** Where the definition of CRI is kept, the language in which a kubelet talks to a container runtime (`k8s.io/cri-api`). */
export function containerRuntimeInterface(): string {
  return join(cacheFolder(), hashOf('kubernetes'), 'cri.proto')
}

/** Those that are not built yet. */
export function missingPrograms(): readonly Program[] {
  return programs.filter(({ name }) => !existsSync(pathOf(name)))
}

/** The version of Kubernetes that the module pins: `v1.37.2`. */
export function kubernetesVersion(): string {
  const text = readFileSync(join(moduleFolder('kubernetes'), 'go.mod'), 'utf8')
  const [, version] = /\bk8s\.io\/kubernetes (v[0-9.]+)/.exec(text) ?? []
  if (version === undefined) throw new Error('go/kubernetes/go.mod: no version of k8s.io/kubernetes')
  return version
}

/** Hash of what pins a program, and of its own source if it is ours. */
function hashOf(module: Program['module'], source = ''): string {
  const hash = createHash('sha256')
  const own = source.startsWith('./')
    ? readdirSync(join(moduleFolder(module), source)).map((file) => join(source, file))
    : []
  for (const file of ['go.mod', 'go.sum', ...own.sort()]) hash.update(readFileSync(join(moduleFolder(module), file)))
  return hash.digest('hex').slice(0, 16)
}
