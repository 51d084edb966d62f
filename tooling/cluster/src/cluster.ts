/**
 * A real Kubernetes cluster inside the namespace of this process: etcd, kube-apiserver, controller-manager, scheduler, kube-proxy and CoreDNS, each the
 * genuine program, and a process kubelet, which is Kubernetes' own kubelet over a container runtime of ours that runs processes.
 */
import { existsSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Component } from './control-plane/component.ts'
import { serverUrl, tokenOf, writeKeys, writeKubeconfig } from './control-plane/files.ts'
import {
  apiServerFlags,
  controllerManagerFlags,
  dnsFlags,
  etcdFlags,
  proxyFlags,
  readyUrls,
  schedulerFlags,
} from './control-plane/flags.ts'
import { answers } from './control-plane/health.ts'
import { type ClusterNode, kubeletSettings, nodesIn, runtimeCommand } from './control-plane/nodes.ts'
import { runKubectl } from './objects/kubectl.ts'
import { Objects } from './objects/objects.ts'
import { mostNodes } from './place/network.ts'
import { type ProgramName, pathOf } from './programs.ts'
import { checkImages, type Images } from './runtime/images.ts'
import { socketOf } from './runtime/main.ts'
import { processOf } from './runtime/process-of.ts'

/** The components that a cluster can stop and start. */
export type ComponentName =
  | Exclude<ProgramName, 'kubectl' | 'process-kubelet'>
  | `process-kubelet-${number}`
  | 'process-runtime'

/** What a cluster is like. */
export interface ClusterOptions {
  /** Nodes, from `node-1` on. @defaultValue 3 */
  readonly nodes?: number | undefined
  /** Zones that the nodes are in, in turn. @defaultValue ['zone-a', 'zone-b', 'zone-c'] */
  readonly zones?: readonly string[] | undefined
  /** More flags for single components, behind our own. @defaultValue none */
  readonly flags?: Partial<Readonly<Record<ComponentName, readonly string[]>>> | undefined
  /** What stands for container images, by name without a tag. @defaultValue none */
  readonly images?: Images | undefined
}

/** Which container of a pod. */
export interface ContainerPlace {
  /** @defaultValue 'default' */
  readonly namespace?: string | undefined
  /** @defaultValue the first one */
  readonly container?: string | undefined
}

/** A running cluster. Disposing it ends every process and removes every file. */
export interface Cluster extends AsyncDisposable {
  /** `https://198.18.254.1:6443` */
  readonly server: string
  /** Path of a kubeconfig that may do everything. */
  readonly kubeconfig: string
  /** Folder of its files and logs. */
  readonly folder: string
  /** Stops, starts or signals one of its programs. */
  component(name: ComponentName): Component
  /** What the API server keeps, as the administrator may see and change it; `objects.as(token)` is somebody else. */
  readonly objects: Objects
  /** Sends a signal to the first process of a container, as the kernel or a person on the node would. @throws Error if it does not run */
  signal(pod: string, signal: NodeJS.Signals, where?: ContainerPlace): Promise<void>
  /** The first process of a container, for signals while there is no API server to ask. @throws Error if it does not run */
  processId(pod: string, where?: ContainerPlace): Promise<number>
  /** Runs kubectl as the administrator. @returns what it printed @throws Error with what it complained about */
  kubectl(parameters: readonly string[], input?: string): Promise<string>
}

// Of the 107 signs that the path of a socket may have (sun_path), what a kubelet needs behind it: `/node-32/pods-api/` and a number of ten digits.
const longestFolder = 107 - 29

/** Starts one. The network must have been made by `makeNetwork`; clusters come one after another, since their addresses are the same. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = 3, zones = ['zone-a', 'zone-b', 'zone-c'], flags = {}, images = {} } = options
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > mostNodes)
    throw new Error(`nodes: ${nodes} (expected: a whole number from 1 to ${mostNodes})`)
  if (zones.length === 0) throw new Error('zones: none (expected: at least one)')
  checkImages(images)
  const cluster = new RunningCluster(makeFolder(), flags)
  try {
    await cluster.start(nodesIn(nodes, zones), images)
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
  return cluster
}

/** @throws Error if sockets could not lie below it */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'c-'))
  if (folder.length <= longestFolder) return folder
  rmdirSync(folder)
  throw new Error(
    `TMPDIR: ${tmpdir()} (expected: ${folder.length - longestFolder} signs less, since paths of sockets are limited)`,
  )
}

class RunningCluster implements Cluster {
  readonly server = serverUrl
  readonly folder: string
  readonly #flags: NonNullable<ClusterOptions['flags']>
  readonly #components = new Map<ComponentName, Component>()
  #objects: Objects | undefined

  constructor(folder: string, flags: NonNullable<ClusterOptions['flags']>) {
    this.folder = folder
    this.#flags = flags
  }

  get kubeconfig(): string {
    return join(this.folder, 'admin.kubeconfig')
  }

  component(name: ComponentName): Component {
    const component = this.#components.get(name)
    if (component === undefined) throw new Error(`${name} (expected: ${[...this.#components.keys()].join(', ')})`)
    return component
  }

  get objects(): Objects {
    this.#objects ??= Objects.fromKubeconfig(this.kubeconfig)
    return this.#objects
  }

  async signal(pod: string, signal: NodeJS.Signals, where?: ContainerPlace): Promise<void> {
    process.kill(await this.processId(pod, where), signal)
  }

  async processId(pod: string, where: ContainerPlace = {}): Promise<number> {
    const { namespace = 'default', container } = where
    const { status } = await this.objects.get({ kind: 'pods', namespace, name: pod })
    const statuses = status?.containerStatuses ?? []
    const found = statuses.find(({ name }) => container === undefined || name === container)
    return processOf(join(this.folder, 'runtime'), found?.containerID ?? `${pod} ${container ?? ''}`)
  }

  kubectl(parameters: readonly string[], input?: string): Promise<string> {
    return runKubectl(this.kubeconfig, parameters, input)
  }

  async start(nodes: readonly ClusterNode[], images: Images): Promise<void> {
    const { folder } = this
    writeKeys(folder)
    const runtime = this.#add('process-runtime', runtimeCommand(folder, nodes, images), () =>
      Promise.resolve(nodes.every(({ number }) => existsSync(socketOf(join(folder, 'runtime'), number)))),
    ).start()
    await this.#addProgram('etcd', etcdFlags(folder)).start()
    await this.#addProgram('kube-apiserver', apiServerFlags(folder)).start()
    const admin = writeKubeconfig(folder, 'admin', tokenOf('admin'))
    await runtime
    await Promise.all([
      this.#startNodes(nodes, admin),
      this.#addProgram('kube-controller-manager', controllerManagerFlags(folder, admin)).start(),
      this.#addProgram('kube-scheduler', schedulerFlags(folder)).start(),
      this.#addProgram('coredns', dnsFlags(folder, admin)).start(),
    ])
  }

  async #startNodes(nodes: readonly ClusterNode[], admin: string): Promise<void> {
    // The first one must be there for kube-proxy, which waits for its node for ever.
    await Promise.all(nodes.map((node) => this.#addKubelet(node, admin).start()))
    await this.#addProgram('kube-proxy', proxyFlags(this.folder)).start()
  }

  #addKubelet(node: ClusterNode, admin: string): Component {
    const command = [pathOf('process-kubelet'), kubeletSettings(this.folder, node, admin)]
    return this.#add(`process-kubelet-${node.number}`, command, async () => {
      const path = '{.status.conditions[?(@.type=="Ready")].status}'
      return (await this.kubectl(['get', 'node', node.name, '--ignore-not-found', '-o', `jsonpath=${path}`])) === 'True'
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing that they know has to last. The runtime ends its containers, which nobody else can.
    const { 'process-runtime': runtime, ...others } = Object.fromEntries(this.#components) as Record<string, Component>
    await Promise.all(Object.values(others).map((component) => component.kill()))
    await runtime?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #addProgram(name: keyof typeof readyUrls, parameters: readonly string[]): Component {
    return this.#add(name, [pathOf(name), ...parameters], () => answers(readyUrls[name]))
  }

  #add(name: ComponentName, command: readonly string[], ready: () => Promise<boolean>): Component {
    const component = new Component({
      name,
      command: [...command, ...(this.#flags[name] ?? [])],
      log: join(this.folder, `${name}.log`),
      ready,
    })
    this.#components.set(name, component)
    return component
  }
}
