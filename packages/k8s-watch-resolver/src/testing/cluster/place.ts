/**
 * Where Services are looked for: namespaces, pods and accounts of a real cluster.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, Refusal } from '@evenkeel/cluster'
import { systemClock } from '@evenkeel/core'
import type { Access } from '../../access/access.ts'

/** Makes a namespace that pods may be made in. */
export async function makeNamespace({ objects }: Cluster, namespace: string): Promise<void> {
  await objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  // A pod is refused until its namespace has an account for it.
  await objects.until({ kind: 'serviceaccounts', namespace }, (all) => all.length > 0)
}

/** A Service of the port `http`, 80 for 8080, of pods with its name as the label `app`. Fields of `spec` replace these. */
export function serviceOf(name: string, spec: Readonly<Record<string, unknown>> = {}): object {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }]
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports, ...spec } }
}

/** A pod that runs a program of ours, or waits. Fields of its container replace these. */
export function podOf(
  name: string,
  app: string,
  container: Readonly<Record<string, unknown>> = {},
  account = 'default',
): object {
  const waiting = { name: 'main', image: 'none', command: ['node', '-e', 'setInterval(() => {}, 1e6)'] }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app } },
    spec: {
      serviceAccountName: account,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      containers: [{ ...waiting, ...container }],
    },
  }
}

/** Whom a resolver is to the API server: an account of a namespace, with a token of its own. */
export async function accessAs(cluster: Cluster, account: string, namespace: string): Promise<Access> {
  return {
    url: cluster.server,
    certificateAuthority: readFileSync(join(cluster.folder, 'pki/apiserver.crt'), 'utf8'),
    token: await cluster.objects.token(account, namespace),
    namespace,
  }
}

/** What an account gets for listing a kind in a namespace: 200, or the code of the refusal. */
export async function listingAs(
  { objects }: Cluster,
  token: string,
  kind: 'endpointslices' | 'services' | 'pods',
  namespace: string,
): Promise<number> {
  try {
    await objects.as(token).list({ kind, namespace })
    return 200
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

/** Asks until it holds: what is written takes a moment to be known everywhere. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise<void>((resolve) => systemClock.wake(50, resolve))
}
