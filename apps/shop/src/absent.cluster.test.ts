import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, startCluster } from '@evenkeel/cluster'
import { systemClock } from '@evenkeel/core'
import { BalancedAgent } from '@evenkeel/http-transport'
import { kubernetes } from '@evenkeel/k8s-watch-resolver'
import { MockAgent, request } from 'undici'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const rights = join(import.meta.dirname, '../../../packages/k8s-watch-resolver/rbac.yaml')
let cluster: Cluster
let token: string

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1 })
  await cluster.objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  await cluster.objects.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'storefront' } }, 'shop')
  await cluster.kubectl(['apply', '-f', rights])
  token = await cluster.objects.token('storefront', 'shop')
  await permitted()
})

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
})

const nobody = [
  ['a Service that is not there', 'nobody', undefined],
  ['an ExternalName', 'outside', { type: 'ExternalName', externalName: 'example.org' }],
  ['a Service without a selector and without slices', 'by-hand', { ports: [{ name: 'http', port: 80 }] }],
] as const
for (const [what, name, spec] of nobody)
  test(`M-12 a request to ${what} is passed through`, async ({ task }) => {
    Object.assign(task.meta, { rule: 'M-12', world: 'real' })
    if (spec !== undefined)
      await cluster.objects.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }, 'shop')
    const certificateAuthority = readFileSync(join(cluster.folder, 'pki/apiserver.crt'), 'utf8')
    const resolver = kubernetes({ access: { url: cluster.server, certificateAuthority, token, namespace: 'shop' } })
    onTestFinished(() => resolver.close())
    const elsewhere = new MockAgent()
    elsewhere.disableNetConnect()
    elsewhere.get(`http://${name}`).intercept({ path: '/' }).reply(200, 'elsewhere')
    const agent = new BalancedAgent({ resolver, passThrough: elsewhere })
    onTestFinished(() => agent.close())
    const { body } = await request(`http://${name}/`, { dispatcher: agent })
    expect(await body.text()).toBe('elsewhere')
    const [upstream] = resolver.inspect().namespaces
    expect(upstream?.streams).toMatchObject([{ service: name, error: undefined }])
  })

/** A Role that was just written takes a moment to be known everywhere. */
async function permitted(): Promise<void> {
  const list = () => cluster.objects.as(token).list({ kind: 'endpointslices', namespace: 'shop' })
  while (
    !(await list().then(
      () => true,
      () => false,
    ))
  )
    await new Promise<void>((resolve) => systemClock.wake(50, resolve))
}
