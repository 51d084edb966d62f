/**
 * The container runtime of one node, which runs processes. A kubelet of Kubernetes tells it what to run; probes, hooks, restarts and statuses are the
 * kubelet's. It makes no cgroups and no users: limits, `runAsUser` and read-only file systems are accepted and mean nothing.
 */
import { join } from 'node:path'
import { Container } from './container.ts'
import { type Calls, type ContainerConfig, CriError, type Filter, matches, type SandboxConfig } from './cri.ts'
import { exec } from './exec.ts'
import { type Images, nameOf } from './images.ts'
import { PodAddresses } from './pod-addresses.ts'
import { Sandbox } from './sandbox.ts'

/** What a runtime is made of. */
export interface RuntimeOptions {
  /** Number of the node, from 1. */
  readonly node: number
  /** Folder for its files. */
  readonly folder: string
  readonly images: Images
  /** Where commands are looked for. */
  readonly path: string
  /** The time now, in nanoseconds since 1970. */
  nowNs(): string
}

const runtimeName = 'process-kubelet'
const runtimeVersion = '1.0.0'

/** Sandboxes and containers of one node, by id. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #addresses: PodAddresses
  readonly #sandboxes = new Map<string, Sandbox>()
  readonly #containers = new Map<string, Container>()
  #made = 0

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#addresses = new PodAddresses(options.node)
  }

  /** What it answers to a kubelet. */
  get calls(): Calls {
    return {
      Version: () => ({
        version: '0.1.0',
        runtime_name: runtimeName,
        runtime_version: runtimeVersion,
        runtime_api_version: 'v1',
      }),
      Status: () => ({
        status: {
          conditions: ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true })),
        },
        runtime_handlers: [{ name: '' }],
      }),
      UpdateRuntimeConfig: () => ({}),
      RuntimeConfig: () => ({ linux: { cgroup_driver: 'CGROUPFS' } }),
      ...this.#sandboxCalls(),
      ...this.#containerCalls(),
      // Nothing is measured: limits mean nothing here.
      ListContainerStats: () => ({ stats: [] }),
      ListPodSandboxStats: () => ({ stats: [] }),
    }
  }

  /** Ends everything at once. */
  async end(): Promise<void> {
    await Promise.all([...this.#containers.values()].map((container) => container.stop(0)))
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.stop()))
  }

  #sandboxCalls(): Calls {
    return {
      RunPodSandbox: async ({ config }: { config: SandboxConfig }) => ({
        pod_sandbox_id: await this.#runSandbox(config),
      }),
      StopPodSandbox: async ({ pod_sandbox_id: id }: { pod_sandbox_id: string }) => {
        await this.#stopSandbox(id)
        return {}
      },
      RemovePodSandbox: async ({ pod_sandbox_id: id }: { pod_sandbox_id: string }) => {
        await this.#stopSandbox(id)
        for (const container of this.#containersOf(id)) this.#removeContainer(container)
        this.#sandboxes.get(id)?.remove()
        this.#sandboxes.delete(id)
        return {}
      },
      PodSandboxStatus: ({ pod_sandbox_id: id }: { pod_sandbox_id: string }) => {
        const sandbox = this.#sandboxes.get(id)
        if (sandbox === undefined) throw new CriError('NOT_FOUND', `no sandbox ${id}`)
        return { status: sandboxStatus(sandbox) }
      },
      ListPodSandbox: ({ filter }: { filter: Filter | null }) => ({
        items: [...this.#sandboxes.values()].map(sandboxRow).filter((row) => matches(filter, row)),
      }),
    }
  }

  #containerCalls(): Calls {
    type Id = { readonly container_id: string }
    return {
      CreateContainer: ({ pod_sandbox_id: id, config }: { pod_sandbox_id: string; config: ContainerConfig }) => ({
        container_id: this.#createContainer(id, config),
      }),
      StartContainer: async ({ container_id: id }: Id) => {
        await this.#container(id).start()
        return {}
      },
      StopContainer: async ({ container_id: id, timeout }: Id & { timeout: string }) => {
        await this.#containers.get(id)?.stop(Number(timeout) * 1_000)
        return {}
      },
      RemoveContainer: async ({ container_id: id }: Id) => {
        const container = this.#containers.get(id)
        await container?.stop(0)
        if (container !== undefined) this.#removeContainer(container)
        return {}
      },
      ListContainers: ({ filter }: { filter: Filter | null }) => ({
        containers: [...this.#containers.values()].map(containerRow).filter((row) => matches(filter, row)),
      }),
      ContainerStatus: ({ container_id: id }: Id) => ({ status: containerStatus(this.#container(id)) }),
      ExecSync: ({ container_id: id, cmd, timeout }: Id & { cmd: readonly string[]; timeout: string }) =>
        exec(this.#container(id), cmd, Number(timeout) * 1_000),
      UpdateContainerResources: () => ({}),
      ReopenContainerLog: () => ({}),
    }
  }

  #container(id: string): Container {
    const container = this.#containers.get(id)
    if (container === undefined) throw new CriError('NOT_FOUND', `no container ${id}`)
    return container
  }

  #containersOf(sandbox: string): readonly Container[] {
    return [...this.#containers.values()].filter((container) => container.sandbox.id === sandbox)
  }

  async #runSandbox(config: SandboxConfig): Promise<string> {
    const { node, folder, nowNs } = this.#options
    this.#made++
    const id = `sandbox-${node}-${this.#made}`
    const onNode = config.linux?.security_context?.namespace_options?.network === 'NODE'
    const address = onNode ? undefined : this.#addresses.take()
    const interfaceName = `pod${node}-${this.#made}`
    const files = join(folder, id)
    const sandbox = new Sandbox({ id, interfaceName, config, address, node, folder: files, createdAtNs: nowNs() })
    try {
      await sandbox.start()
    } catch (error) {
      await sandbox.stop()
      if (address !== undefined) this.#addresses.giveBack(address)
      throw error
    }
    this.#sandboxes.set(id, sandbox)
    return id
  }

  async #stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox === undefined || sandbox.state === 'SANDBOX_NOTREADY') return
    await Promise.all(this.#containersOf(id).map((container) => container.stop(0)))
    await sandbox.stop()
    if (sandbox.address !== undefined) this.#addresses.giveBack(sandbox.address)
  }

  #createContainer(sandboxId: string, config: ContainerConfig): string {
    const sandbox = this.#sandboxes.get(sandboxId)
    if (sandbox === undefined) throw new CriError('NOT_FOUND', `no sandbox ${sandboxId}`)
    const { node, folder, images, path, nowNs } = this.#options
    this.#made++
    const id = `container-${node}-${this.#made}`
    const image = images[nameOf(config.image.user_specified_image)]
    const files = join(folder, id)
    this.#containers.set(
      id,
      new Container({ id, sandbox, config, image, folder: files, path, createdAtNs: nowNs(), nowNs }),
    )
    return id
  }

  #removeContainer(container: Container): void {
    container.remove()
    this.#containers.delete(container.id)
  }
}

function sandboxRow(sandbox: Sandbox) {
  const { metadata, labels, annotations } = sandbox.config
  return { id: sandbox.id, metadata, state: sandbox.state, created_at: sandbox.createdAtNs, labels, annotations }
}

function sandboxStatus(sandbox: Sandbox): object {
  const options = sandbox.config.linux?.security_context?.namespace_options ?? null
  return {
    ...sandboxRow(sandbox),
    network: { ip: sandbox.address ?? '' },
    // A kubelet that finds others than it asked for makes the sandbox anew.
    linux: { namespaces: { options } },
  }
}

function containerRow(container: Container) {
  const { metadata, labels, annotations, image } = container.config
  return {
    id: container.id,
    pod_sandbox_id: container.sandbox.id,
    metadata,
    image,
    image_ref: image.image,
    image_id: image.image,
    state: container.state,
    created_at: container.createdAtNs,
    labels,
    annotations,
  }
}

function containerStatus(container: Container): object {
  const ended = container.state === 'CONTAINER_EXITED'
  return {
    ...containerRow(container),
    started_at: container.startedAtNs,
    finished_at: container.finishedAtNs,
    exit_code: container.exitCode,
    reason: ended ? (container.exitCode === 0 ? 'Completed' : 'Error') : '',
    mounts: container.config.mounts,
    log_path: container.logPath,
    stop_signal: container.config.stop_signal,
  }
}
