/**
 * The files that components are started with.
 */
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addresses } from '../place/network.ts'

/** Who may log in with a fixed token, and as whom (`--token-auth-file`); everybody else gets a token from the API server. */
export const users = {
  admin: 'admin,admin,"system:masters"',
  scheduler: 'system:kube-scheduler,scheduler',
  proxy: 'system:kube-proxy,proxy',
} as const

/** Name of a user with a fixed token. */
export type UserName = keyof typeof users

/** The fixed token of a user. It opens nothing but a cluster that lives in a namespace for some seconds. */
export function tokenOf(user: UserName): string {
  return `${user}-token`
}

/** Where the API server is, for every node and pod. */
export const serverUrl: string = `https://${addresses.node(1)}:6443`

/** Keys of service accounts and the tokens of users: what the API server needs before it starts. */
export function writeKeys(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  writeFileSync(join(folder, 'accounts.pub'), publicKey)
  writeFileSync(join(folder, 'accounts.key'), privateKey)
  const lines = Object.entries(users).map(([user, facts]) => `${tokenOf(user as UserName)},${facts}`)
  writeFileSync(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`)
}

/** A kubeconfig for a token; after the API server has made its certificate. @returns its path */
export function writeKubeconfig(folder: string, name: string, token: string): string {
  const certificate = readFileSync(join(folder, 'pki/apiserver.crt')).toString('base64')
  const path = join(folder, `${name}.kubeconfig`)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: { server: serverUrl, 'certificate-authority-data': certificate } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: name } }],
    'current-context': 'cluster',
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

/** Configuration of kube-proxy. @returns its path */
export function writeProxyConfig(folder: string, kubeconfig: string): string {
  const path = join(folder, 'kube-proxy.json')
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig },
    hostnameOverride: 'node-1',
    clusterCIDR: addresses.pods,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    // The kernel's tables cannot be set from a namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

/** Configuration of CoreDNS as cluster DNS. @returns its path */
export function writeCorefile(folder: string, kubeconfig: string): string {
  const path = join(folder, 'Corefile')
  writeFileSync(
    path,
    `cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
  bind ${addresses.dns}
  errors
  health 127.0.0.1:8080
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig} cluster
    ttl 5
  }
  loadbalance
}
# Elsewhere these are asked of the servers of the node; from here nobody can be asked, and no name is there.
.:53 {
  bind ${addresses.dns}
  errors
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`,
  )
  return path
}

/** What a pod of the namespace `default` has as /etc/resolv.conf. @returns its path */
export function writeResolvConf(folder: string): string {
  const path = join(folder, 'resolv.conf')
  const search = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'].join(' ')
  writeFileSync(path, `nameserver ${addresses.dns}\nsearch ${search}\noptions ndots:5\n`)
  return path
}
