import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { events } from '@evenkeel/core'
import { recordSets } from '@evenkeel/core/testing'
import type { FakeApiServer } from '@evenkeel/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { folderOf } from './access/testing/folder.ts'
import { kubernetes, kubernetesEvents } from './index.ts'
import { served } from './testing/served.ts'
import { pod, pods } from './testing/slices.ts'

const token = 'RECOGNISABLE.token-of.this_test'
// As it would stand in a header, in Base64, and in an error that shows bytes.
const forms = [
  token,
  Buffer.from(token).toString('base64'),
  Buffer.from(token).toString('hex'),
  inspect(Buffer.from(token)).slice(8, 60),
]

const channels = [...Object.values(events), ...Object.values(kubernetesEvents)] as readonly { readonly name: string }[]
let heard: unknown[] = []
const note = (message: unknown): void => void heard.push(message)
const warned = (warning: Error): void => void heard.push(warning)

beforeEach(() => {
  heard = []
  for (const { name } of channels) subscribe(name, note)
  process.on('warning', warned)
})

afterEach(() => {
  for (const { name } of channels) unsubscribe(name, note)
  process.off('warning', warned)
})

test('an answer, its changes, its warnings and a change of the phase do not show the token', async () => {
  const { resolver, apply } = await served({}, { token })
  apply({ endpoints: [...pods(1, 2), pod(3, { addresses: ['169.254.169.254'] })] })
  const recorded = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(recorded.sets).toHaveLength(1))
  const trigger = { 'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString() }
  apply({ endpoints: pods(1, 3), version: 2, annotations: trigger })
  await vi.waitFor(() => expect(recorded.sets).toHaveLength(2))
  expect(kindsOf(heard)).toEqual(expect.arrayContaining(['phase', 'lagMs', 'code']))
  expectSilence(resolver, recorded)
})

test.each<[string, string, (server: FakeApiServer) => unknown]>([
  ['a token that is not accepted', 'UNAUTHORIZED', (server) => server.revokeToken(token)],
  ['a right that is missing', 'FORBIDDEN', (server) => server.allow([])],
  ['a server that is away', 'UNREACHABLE', (server) => server.door('refusing')],
  ['a server that hangs up', 'UNREACHABLE', (server) => server.door('hanging-up')],
  ['a certificate that is not trusted', 'UNREACHABLE', (server) => server.renewCertificate()],
  ['an answer that is none', 'UNREACHABLE', (server) => server.script({ kind: 'answer', body: '{' }, { times: 99 })],
])('the errors of %s do not show the token', async (_, code, spoil) => {
  const { server, resolver } = await served({}, { token })
  await spoil(server)
  const recorded = recordSets(resolver, 'users')
  await vi.waitFor(
    () => expect(recorded.sets.at(-1)?.error).toMatchObject({ code: `EVENKEEL_DISCOVERY_${code}` }),
    10_000,
  )
  expect(heard).toContainEqual(expect.objectContaining({ phase: 'waiting' }))
  expectSilence(resolver, recorded)
})

test('a kubeconfig that cannot be parsed is told without what stands in it', async () => {
  const kubeconfig = folderOf({ config: `users: [{ name: a, user: { token: ${token}` }).path
  const resolver = kubernetes({ access: { kubeconfig: `${kubeconfig}/config` } })
  const recorded = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(recorded.sets.at(-1)?.error).toBeDefined())
  expectSilence(resolver, recorded)
  await resolver.close()
})

/** All that can be printed, in the widest form, which is made once more to see that it would show one. */
function expectSilence(...printed: readonly unknown[]): void {
  const widest = (value: unknown): string =>
    inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null })
  const [resolver] = printed as readonly [{ inspect(): unknown }]
  const errors = [...heard, ...printed]
    .map(errorOf)
    .flatMap((error) => (error instanceof Error ? [error.message, error.stack] : []))
  const text = [...printed, resolver.inspect(), heard]
    .map(widest)
    .concat(JSON.stringify([resolver.inspect(), heard]), errors.join('\n'))
    .join('\n')
  for (const form of forms) expect(text).not.toContain(form)
  expect(widest({ headers: { authorization: `Bearer ${token}` } })).toContain(token)
}

function errorOf(value: unknown): unknown {
  const { error, sets } = Object(value) as {
    readonly error?: unknown
    readonly sets?: readonly { readonly error: unknown }[]
  }
  return sets?.at(-1)?.error ?? error
}

function kindsOf(messages: readonly unknown[]): readonly string[] {
  return messages.flatMap((message) => Object.keys(Object(message)))
}
