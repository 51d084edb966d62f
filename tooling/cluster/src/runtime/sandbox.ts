/**
 * What the containers of a pod share: a network namespace with the pod's address, a host name, and a process that keeps both. Packets of pods go through
 * the namespace of the cluster, where kube-proxy has its rules.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addresses } from '../place/network.ts'
import type { SandboxConfig } from './cri.ts'

/** What a sandbox is made of. */
export interface SandboxOptions {
  readonly id: string
  /** Name of its interface outside: at most 15 signs. */
  readonly interfaceName: string
  readonly config: SandboxConfig
  /** Address of the pod; undefined for one that uses the network of its node. */
  readonly address: string | undefined
  /** Number of the node. */
  readonly node: number
  /** Folder for its files, to be made. */
  readonly folder: string
  readonly createdAtNs: string
}

// Read by a shell inside the new namespaces. The outer end of the pair of interfaces is made between "made" and the line that it reads.
const script = `set -e
hostname "$1"
echo made
read -r _
if [ -n "$2" ]; then
  ip -batch - <<END
link set lo up
addr add $2/32 dev eth0
link set eth0 up
route add default via $3 dev eth0 onlink
END
fi
echo up
exec sleep infinity`

/** The namespaces of one pod. */
export class Sandbox {
  readonly id: string
  readonly config: SandboxConfig
  readonly address: string | undefined
  readonly createdAtNs: string
  readonly folder: string
  readonly #options: SandboxOptions
  #holder: ChildProcess | undefined

  constructor(options: SandboxOptions) {
    this.id = options.id
    this.config = options.config
    this.address = options.address
    this.createdAtNs = options.createdAtNs
    this.folder = options.folder
    this.#options = options
  }

  get state(): 'SANDBOX_READY' | 'SANDBOX_NOTREADY' {
    return this.#holder === undefined ? 'SANDBOX_NOTREADY' : 'SANDBOX_READY'
  }

  /** What resolv.conf and the like are, as a container sees them. */
  get resolvConf(): string {
    return join(this.folder, 'resolv.conf')
  }

  /** A pod on the network of its node has the node's. */
  get hostname(): string {
    const { config, node } = this.#options
    return config.hostname === '' ? `node-${node}` : config.hostname
  }

  /** Words that run a command inside. @throws Error once it has ended */
  enter(): readonly string[] {
    if (this.#holder === undefined) throw new Error(`the sandbox of ${this.config.metadata.name} has ended`)
    const namespaces = this.address === undefined ? ['--uts', '--ipc'] : ['--net', '--uts', '--ipc']
    return ['nsenter', '--target', String(this.#holder.pid), ...namespaces]
  }

  /** Makes it. @throws Error with what the system complained about */
  async start(): Promise<void> {
    const { config, address, node, folder, interfaceName } = this.#options
    mkdirSync(folder, { recursive: true })
    writeFileSync(this.resolvConf, resolvConf(config))
    const namespaces = address === undefined ? ['--uts', '--ipc'] : ['--net', '--uts', '--ipc']
    const words = [
      'unshare',
      ...namespaces,
      '/bin/sh',
      '-c',
      script,
      'sh',
      this.hostname,
      address ?? '',
      addresses.node(node),
    ]
    const holder = spawn('setpriv', ['--pdeathsig', 'KILL', ...words], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#holder = holder
    holder.once('close', () => {
      this.#holder = undefined
    })
    let complaint = ''
    holder.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk
    })
    const lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]()
    if ((await lines.next()).value === 'made') {
      if (address !== undefined) makeOuterEnd(interfaceName, holder.pid as number, address, addresses.node(node))
      holder.stdin.end('go on\n')
      if ((await lines.next()).value === 'up') return
    }
    throw new Error(`the sandbox of ${config.metadata.name} did not start: ${complaint.trim()}`)
  }

  /** Ends it; its interface goes with its namespace. */
  async stop(): Promise<void> {
    const holder = this.#holder
    if (holder === undefined) return
    const closed = once(holder, 'close')
    holder.kill('SIGKILL')
    await closed
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function makeOuterEnd(name: string, holder: number, address: string, node: string): void {
  const input = [
    `link add ${name} type veth peer name eth0 netns ${holder}`,
    `link set ${name} up`,
    // In the table of local addresses: it comes first, and the whole network of pods is local there.
    `route add ${address}/32 dev ${name} table local src ${node}`,
  ].join('\n')
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`interface of ${address}: ${stderr.trim()}`)
}

function resolvConf({ dns_config: dns }: SandboxConfig): string {
  if (dns === null) return ''
  const { servers, searches, options } = dns
  const lines = servers.map((server) => `nameserver ${server}`)
  if (searches.length > 0) lines.push(`search ${searches.join(' ')}`)
  if (options.length > 0) lines.push(`options ${options.join(' ')}`)
  return `${lines.join('\n')}\n`
}
