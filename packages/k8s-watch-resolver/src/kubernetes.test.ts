import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { parseTarget } from '@evenkeel/core'
import { fakeClock, recordSets } from '@evenkeel/core/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { kubernetes } from './kubernetes.ts'
import { served } from './testing/served.ts'
import { pod, pods } from './testing/slices.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test.each(['users', 'users:80', 'users:http', 'users.shop', 'users.shop.svc', 'users.shop.svc.cluster.local:80'])(
  '%s is claimed in the namespace shop',
  (text) => {
    expect(at('shop').claims(parseTarget(text))).toBe(true)
  },
)

test.each(['users.stock', 'users.stock.svc', 'users.stock.svc.cluster.local'])('%s is not', (text) => {
  expect(at('shop').claims(parseTarget(text))).toBe(false)
})

test('the namespaces that are listed are claimed, and the own one only if it is among them', () => {
  const resolver = at('shop', ['stock', 'bills'])
  const claimed = ['users.stock', 'users.bills', 'users.shop', 'users'].filter((text) =>
    resolver.claims(parseTarget(text)),
  )
  expect(claimed).toEqual(['users.stock', 'users.bills'])
  expect(at('shop', ['shop', 'stock']).claims(parseTarget('users'))).toBe(true)
})

test('where the own namespace is not known, a name without one is claimed and is of default', async () => {
  const { server } = await served()
  const resolver = kubernetes({ access: { url: server.url, token: server.token, certificateAuthority: server.ca } })
  expect(resolver.claims(parseTarget('users'))).toBe(true)
  expect(resolver.claims(parseTarget('users.shop'))).toBe(false)
  recordSets(resolver, 'users')
  await server.until(() => server.requests.length > 0)
  expect(server.requests[0]?.path).toBe('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices')
  await resolver.close()
})

test('where there is neither pod nor kubeconfig nothing is claimed, which is said once with the reason', () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '')
  vi.stubEnv('KUBECONFIG', '/nowhere/kubeconfig')
  const heard: unknown[] = []
  const note = (message: unknown): void => void heard.push(message)
  subscribe('evenkeel:warning', note)
  const resolver = kubernetes()
  expect(['users', 'users.shop', 'users'].map((text) => resolver.claims(parseTarget(text)))).toEqual([
    false,
    false,
    false,
  ])
  unsubscribe('evenkeel:warning', note)
  const reason = 'this is no pod with a service account, and there is no kubeconfig'
  const text = `no Kubernetes API server: ${reason}; no name is claimed`
  expect(heard).toEqual([{ code: 'EVENKEEL_KUBERNETES_NONE', service: undefined, text }])
  expect(resolver.inspect()).toMatchObject({ server: undefined, reason, namespaces: [] })
})

test('watches of one Service share a request, whatever they ask for', async () => {
  const { server, resolver, apply } = await served()
  apply({ endpoints: pods(1, 2) })
  const recorded = ['users', 'users.shop:http', 'users:80'].map((text) => recordSets(resolver, text))
  await vi.waitFor(() => expect(recorded.map(({ sets }) => sets.length)).toEqual([1, 1, 1]))
  for (const { locators } of recorded) expect(locators()).toEqual(['10.0.0.1:8080', '10.0.0.2:8080'])
  expect(server.requests).toHaveLength(1)
})

test('a Service without slices is absent', async () => {
  const { resolver } = await served()
  const { sets, last } = recordSets(resolver, 'nobody')
  await vi.waitFor(() => expect(sets).toHaveLength(1))
  expect(last()).toMatchObject({ status: 'absent', endpoints: [] })
})

test('addresses that lead to this machine are left out and warned of, unless they are allowed', async () => {
  const heard: { readonly code: string; readonly text: string }[] = []
  const note = (message: unknown): void => void heard.push(message as (typeof heard)[number])
  subscribe('evenkeel:warning', note)
  const endpoints = [pod(1), pod(2, { addresses: ['127.0.0.1'] }), pod(3, { addresses: ['169.254.169.254'] })]
  for (const [allowAddresses, expected] of [
    [[], ['10.0.0.1:8080']],
    [['127.0.0.0/8'], ['10.0.0.1:8080', '127.0.0.1:8080']],
  ] as const) {
    const { resolver, apply } = await served({ allowAddresses })
    apply({ endpoints })
    const { sets, locators } = recordSets(resolver, 'users')
    await vi.waitFor(() => expect(sets).toHaveLength(1))
    expect(locators()).toEqual(expected)
  }
  unsubscribe('evenkeel:warning', note)
  expect(new Set(heard.map(({ code }) => code))).toEqual(new Set(['EVENKEEL_KUBERNETES_SLICES']))
  const named = heard.map(({ text }) => /127\.0\.0\.1|169\.254\.169\.254/.exec(text)?.[0])
  expect(named).toEqual(['127.0.0.1', '169.254.169.254', '169.254.169.254'])
})

test('the own zone is read from any slice that has the own node', async () => {
  const { resolver, apply } = await served({ self: { node: 'node-b' } })
  apply({ endpoints: [pod(1, { nodeName: 'node-a', zone: 'a' }), pod(2, { nodeName: 'node-b', zone: 'b' })] })
  const { sets } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).toHaveLength(1))
  expect(resolver.inspect().self).toEqual({ node: 'node-b', zone: 'b' })
})

test('a closed resolver claims nothing, watches nothing, hears nothing and leaves nothing', async () => {
  const clock = fakeClock()
  const { server, resolver, apply } = await served({ clock })
  apply({ endpoints: pods(1, 1) })
  const { sets } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).toHaveLength(1))
  await resolver.close()
  await resolver.close()
  await server.until(() => server.watches.length === 0 && server.connections.length === 0)
  apply({ endpoints: pods(1, 2) })
  expect(clock.pending).toBe(0)
  expect(sets).toHaveLength(1)
  expect(resolver.claims(parseTarget('users'))).toBe(false)
  expect(() => resolver.watch(parseTarget('users'), () => {})).toThrow(
    expect.objectContaining({ code: 'EVENKEEL_CLOSED' }),
  )
})

test('one that is closed before it has found its API server asks nothing', async () => {
  const { server, resolver } = await served()
  const { sets } = recordSets(resolver, 'users')
  await resolver.close()
  expect([server.requests, sets]).toEqual([[], []])
})

test('a stream outlives its last watch for the time that was given', async () => {
  const clock = fakeClock()
  const { server, resolver, apply } = await served({ clock, lingerMs: 1_000 })
  apply({ endpoints: pods(1, 1) })
  const first = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(first.sets).toHaveLength(1))
  await first.watch[Symbol.asyncDispose]()
  clock.advance(999)
  const second = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(second.sets).toHaveLength(1))
  expect(server.requests).toHaveLength(1)
  await second.watch[Symbol.asyncDispose]()
  clock.advance(1_000)
  await server.until(() => server.watches.length === 0)
  expect(resolver.inspect().namespaces).toMatchObject([{ streams: [], followed: [] }])
})

function at(namespace: string, namespaces?: readonly string[]) {
  return kubernetes({ access: { url: 'http://127.0.0.1:1', namespace }, namespaces })
}
