/**
 * How each program of the control plane is started.
 */
import { join } from 'node:path'
import { addresses } from '../place/network.ts'
import { serverUrl, tokenOf, writeCorefile, writeKubeconfig, writeProxyConfig } from './files.ts'

// Everything that makes EndpointSlices and keeps workloads; controllers of clouds and storage have nothing to do here.
const controllers = [
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'endpoints-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'pod-garbage-collector-controller',
]

/** @param folder folder of the cluster's files */
export function etcdFlags(folder: string): readonly string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
    // Nothing has to survive the machine.
    '--unsafe-no-fsync',
  ]
}

/** @param folder folder of the cluster's files */
export function apiServerFlags(folder: string): readonly string[] {
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    `--cert-dir=${join(folder, 'pki')}`,
    '--secure-port=6443',
    `--bind-address=${addresses.node(1)}`,
    `--advertise-address=${addresses.node(1)}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'accounts.key')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--service-cluster-ip-range=${addresses.services}`,
    // The controller that takes the taint of a new node away again is not among ours.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--kubelet-preferred-address-types=InternalIP',
  ]
}

/** @param folder folder of the cluster's files @param kubeconfig who it acts as */
export function controllerManagerFlags(folder: string, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${join(folder, 'accounts.key')}`,
    `--root-ca-file=${join(folder, 'pki/apiserver.crt')}`,
    `--cert-dir=${join(folder, 'controller-manager')}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--allocate-node-cidrs=false',
    `--controllers=${controllers.join(',')}`,
  ]
}

/** @param folder folder of the cluster's files */
export function schedulerFlags(folder: string): readonly string[] {
  return [
    `--kubeconfig=${writeKubeconfig(folder, 'scheduler', tokenOf('scheduler'))}`,
    `--cert-dir=${join(folder, 'scheduler')}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ]
}

/** @param folder folder of the cluster's files */
export function proxyFlags(folder: string): readonly string[] {
  return [`--config=${writeProxyConfig(folder, writeKubeconfig(folder, 'proxy', tokenOf('proxy')))}`]
}

/** @param folder folder of the cluster's files @param kubeconfig who it acts as */
export function dnsFlags(folder: string, kubeconfig: string): readonly string[] {
  return ['-conf', writeCorefile(folder, kubeconfig)]
}

/** Where components say that they are ready. */
export const readyUrls = {
  etcd: 'http://127.0.0.1:2379/health',
  'kube-apiserver': `${serverUrl}/readyz`,
  'kube-controller-manager': 'https://127.0.0.1:10257/healthz',
  'kube-scheduler': 'https://127.0.0.1:10259/healthz',
  'kube-proxy': 'http://127.0.0.1:10256/healthz',
  coredns: 'http://127.0.0.1:8181/ready',
} as const
