/**
 * The network that a cluster lives in, made of nothing but loopback and a pair of interfaces inside a namespace of its own.
 *
 * Addresses come from 198.18.0.0/15, which is reserved for benchmarks (RFC 2544): the API server refuses loopback addresses in EndpointSlices.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** More make no test better, and each needs an address that a kubelet finds on the machine. */
export const mostNodes = 32

/** Where things are. */
export const addresses = {
  /** Pods and nodes: every address is local. */
  pods: '198.18.0.0/16',
  /** Virtual addresses of Services, behind which kube-proxy stands. */
  services: '198.19.0.0/20',
  /** Cluster DNS, which pods ask. */
  dns: '198.18.255.10',
  /** Node n has the n-th. */
  node: (number: number): string => `198.18.254.${number}`,
} as const

/** Makes the network of the namespace that this process is in. Once per namespace. */
export function makeNetwork(): void {
  const run = (...words: readonly string[]): void => {
    const { status, stderr, error } = spawnSync('ip', words, { encoding: 'utf8' })
    if (error !== undefined) throw new Error(`ip: ${error.message} (expected: iproute2 is installed)`)
    if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`)
  }
  run('link', 'set', 'lo', 'up')
  run('route', 'add', 'local', addresses.pods, 'dev', 'lo')
  for (let node = 1; node <= mostNodes; node++) run('addr', 'add', `${addresses.node(node)}/32`, 'dev', 'lo')
  // Packets between pods pass here, from and to addresses that belong to no interface.
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  for (const name of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv4/conf/${name}/rp_filter`, '0')
  // Virtual addresses must leave through an interface: what is local never meets the rules of kube-proxy.
  run('link', 'add', 'nodeif', 'type', 'veth', 'peer', 'name', 'nodepeer')
  run('link', 'set', 'nodeif', 'up')
  run('link', 'set', 'nodepeer', 'up')
  run('route', 'add', '198.19.0.0/16', 'dev', 'nodeif', 'src', addresses.node(1))
}

/** Address of a pod: `198.18.NODE.HOST`. */
export function podAddress(node: number, host: number): string {
  return `198.18.${node}.${host}`
}
