/**
 * A real Kubernetes control plane inside the namespace of this process: etcd, kube-apiserver, controller-manager, scheduler, kube-proxy and CoreDNS, each
 * the genuine program. There is no kubelet: Pods are accepted and placed, and nothing runs them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Component } from './control-plane/component.ts'
import { serverUrl, tokenOf, writeCorefile, writeKeys, writeKubeconfig, writeProxyConfig } from './control-plane/files.ts'
import { answers } from './control-plane/health.ts'
import { runKubectl } from './objects/kubectl.ts'
import { addresses } from './place/network.ts'
import type { ProgramName } from './programs.ts'

/** The components that a cluster can stop and start. */
export type ComponentName = Exclude<ProgramName, 'kubectl'>

/** What a cluster is like. */
export interface ClusterOptions {
  /** Nodes, from `node-1` on. @defaultValue 3 */
  readonly nodes?: number | undefined
  /** Zones that the nodes are in, in turn. @defaultValue ['zone-a', 'zone-b', 'zone-c'] */
  readonly zones?: readonly string[] | undefined
  /** More flags for single components, behind our own. @defaultValue none */
  readonly flags?: Partial<Readonly<Record<ComponentName, readonly string[]>>> | undefined
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
  /** Runs kubectl as the administrator. @returns what it printed @throws Error with what it complained about */
  kubectl(parameters: readonly string[], input?: string): Promise<string>
}

// Everything that makes EndpointSlices and keeps workloads; controllers of clouds and storage have nothing to do here.
const controllers = [
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'endpoints-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'pod-garbage-collector-controller',
]

/** Starts one. The network must have been made by `makeNetwork`; clusters come one after another, since their addresses are the same. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = 3, zones = ['zone-a', 'zone-b', 'zone-c'], flags = {} } = options
  if (!Number.isInteger(nodes) || nodes < 1) throw new Error(`nodes: ${nodes} (expected: a whole number of at least 1)`)
  if (zones.length === 0) throw new Error('zones: none (expected: at least one)')
  const cluster = new RunningCluster(mkdtempSync(join(tmpdir(), 'cluster-')), flags)
  try {
    await cluster.start(nodes, zones)
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
  return cluster
}

class RunningCluster implements Cluster {
  readonly server = serverUrl
  readonly folder: string
  readonly #flags: NonNullable<ClusterOptions['flags']>
  readonly #components = new Map<ComponentName, Component>()

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

  kubectl(parameters: readonly string[], input?: string): Promise<string> {
    return runKubectl(this.kubeconfig, parameters, input)
  }

  async start(nodes: number, zones: readonly string[]): Promise<void> {
    writeKeys(this.folder)
    await this.#add('etcd', this.#etcd(), () => answers('http://127.0.0.1:2379/health')).start()
    await this.#add('kube-apiserver', this.#apiServer(), () => answers(`${serverUrl}/readyz`)).start()
    const admin = writeKubeconfig(this.folder, 'admin', tokenOf('admin'))
    const list = Array.from({ length: nodes }, (_, index) => node(index + 1, zones[index % zones.length] as string))
    await Promise.all([
      this.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list })),
      this.#add('kube-controller-manager', this.#controllerManager(admin), () =>
        answers('https://127.0.0.1:10257/healthz'),
      ).start(),
      this.#add('kube-scheduler', this.#scheduler(), () => answers('https://127.0.0.1:10259/healthz')).start(),
      this.#add('coredns', ['-conf', writeCorefile(this.folder, admin)], () =>
        answers('http://127.0.0.1:8181/ready'),
      ).start(),
    ])
    // It waits for its node for ever, so it comes after the nodes.
    await this.#add('kube-proxy', this.#proxy(), () => answers('http://127.0.0.1:10256/healthz')).start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // In the opposite order: nobody complains into a log that somebody else is gone.
    for (const component of [...this.#components.values()].reverse()) await component.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #add(name: ComponentName, parameters: readonly string[], ready: () => Promise<boolean>): Component {
    const component = new Component({
      name,
      parameters: [...parameters, ...(this.#flags[name] ?? [])],
      log: join(this.folder, `${name}.log`),
      ready,
    })
    this.#components.set(name, component)
    return component
  }

  #etcd(): readonly string[] {
    return [
      `--data-dir=${join(this.folder, 'etcd')}`,
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380',
      // Nothing has to survive the machine.
      '--unsafe-no-fsync',
    ]
  }

  #apiServer(): readonly string[] {
    return [
      '--etcd-servers=http://127.0.0.1:2379',
      `--cert-dir=${join(this.folder, 'pki')}`,
      '--secure-port=6443',
      `--bind-address=${addresses.node(1)}`,
      `--advertise-address=${addresses.node(1)}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(this.folder, 'accounts.pub')}`,
      `--service-account-signing-key-file=${join(this.folder, 'accounts.key')}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${join(this.folder, 'tokens.csv')}`,
      `--service-cluster-ip-range=${addresses.services}`,
      // No kubelet reports that a node is ready, so none may be tainted as not ready.
      '--disable-admission-plugins=TaintNodesByCondition',
    ]
  }

  #controllerManager(kubeconfig: string): readonly string[] {
    return [
      `--kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${join(this.folder, 'accounts.key')}`,
      `--root-ca-file=${join(this.folder, 'pki/apiserver.crt')}`,
      `--cert-dir=${join(this.folder, 'controller-manager')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--allocate-node-cidrs=false',
      `--controllers=${controllers.join(',')}`,
    ]
  }

  #scheduler(): readonly string[] {
    const kubeconfig = writeKubeconfig(this.folder, 'scheduler', tokenOf('scheduler'))
    return [
      `--kubeconfig=${kubeconfig}`,
      `--cert-dir=${join(this.folder, 'scheduler')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]
  }

  #proxy(): readonly string[] {
    const kubeconfig = writeKubeconfig(this.folder, 'proxy', tokenOf('proxy'))
    return [`--config=${writeProxyConfig(this.folder, kubeconfig)}`]
  }
}

/** A node as a kubelet would register it, with room for the pods of any test. */
function node(number: number, zone: string): object {
  const resources = { cpu: '64', memory: '256Gi', pods: '1000' }
  const name = `node-${number}`
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': zone },
    },
    status: {
      // kube-proxy waits for ever for a node without one.
      addresses: [{ type: 'InternalIP', address: addresses.node(number) }],
      capacity: resources,
      allocatable: resources,
      conditions: [{ type: 'Ready', status: 'True', reason: 'NoKubelet' }],
    },
  }
}
