import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectedServer } from '../api-server/connected-server.ts'
import type { ApiFailure, ApiServer } from '../api-server.ts'
import { certificate } from '../testing/certificate.ts'
import { folderOf, type TestFolder } from '../testing/folder.ts'
import { certificateOfAll, rejection, relayTo, serve, textOf, until } from '../testing/servers.ts'
import { inCluster } from './in-cluster.ts'

interface Pod {
  readonly folder: TestFolder
  readonly clock: FakeClock
  readonly warnings: string[]
  readonly api: ApiServer
  /** The token that the next request shows. */
  token(): Promise<string | undefined>
}

async function pod(port = 6443, host = '127.0.0.1'): Promise<Pod> {
  const folder = folderOf({ token: 'first\n', 'ca.crt': certificateOfAll.cert, namespace: 'shop\n' })
  const clock = fakeClock()
  const warnings: string[] = []
  const credentials = await inCluster({ host, port: String(port), kubeconfigs: [] }, folder.path, clock, (text) =>
    warnings.push(text),
  )
  const api = connectedServer(credentials, clock)
  onTestFinished(() => api[Symbol.asyncDispose]())
  const token = async (): Promise<string | undefined> => (await credentials.show()).headers.authorization?.slice(7)
  return { folder, clock, warnings, api, token }
}

function get(api: ApiServer): ReturnType<ApiServer['get']> {
  return api.get({ path: '/', headMs: 1_000, signal: new AbortController().signal })
}

test('the address is the environment’s, an IPv6 one in brackets, and the namespace is that of the account', async () => {
  const { api } = await pod(443, 'fd00::1')
  expect([api.url, api.namespace]).toEqual(['https://[fd00::1]:443', 'shop'])
})

test('an account without a namespace beside it has none', async () => {
  const folder = folderOf({ token: 'first', 'ca.crt': certificateOfAll.cert })
  const variables = { host: '10.0.0.1', port: undefined, kubeconfigs: [] }
  const { url, namespace } = await inCluster(variables, folder.path, fakeClock(), () => {})
  expect([url, namespace]).toEqual(['https://10.0.0.1:443', undefined])
})

test('a token is read again after a minute less 10 s, not before', async () => {
  const { folder, clock, token } = await pod()
  expect(await token()).toBe('first')
  folder.write('token', 'second')
  clock.advance(50_000)
  expect(await token()).toBe('first')
  clock.advance(1)
  expect(await token()).toBe('second')
})

test('a token is read again at once after renew', async () => {
  const { folder, api, token } = await pod()
  await token()
  folder.write('token', 'second')
  api.renew()
  expect(await token()).toBe('second')
})

test('a token that cannot be read again stays, which is told once until it can', async () => {
  const { folder, clock, token, warnings } = await pod()
  await token()
  folder.remove('token')
  clock.advance(60_000)
  expect([await token(), await token(), warnings.length]).toEqual(['first', 'first', 1])
  expect(warnings[0]).toMatch(/^cannot read .*token again \(ENOENT.*\); the last one is used$/)
  folder.write('token', '')
  expect([await token(), warnings.length]).toEqual(['first', 1])
  folder.write('token', 'second')
  expect(await token()).toBe('second')
  folder.remove('token')
  clock.advance(60_000)
  expect([await token(), warnings.length]).toEqual(['second', 2])
})

test('a token that was never there is a failure that names the file, and is found when it comes', async () => {
  const { folder, token } = await pod()
  folder.remove('token')
  const failure = (await rejection(token())) as ApiFailure
  expect([failure.kind, failure.message]).toEqual(['credentials', `cannot read ${folder.path}/token`])
  folder.write('token', 'late')
  expect(await token()).toBe('late')
})

test.each(['https', 'h2'] as const)(
  'over %s an authority that changed is read after a failed handshake, and streams of the old one go on',
  async (kind) => {
    const next = certificate()
    const before = await serve(kind, ({ response }) => {
      response.writeHead(200)
      response.write('begun')
    })
    const after = await serve(kind, ({ response }) => response.end('trusted'), next)
    const relay = await relayTo(before.port)
    const { api, folder } = await pod(relay.port)
    const old = await get(api)
    relay.lead(after.port)
    for (const session of before.sessions) session.goaway(0)
    // As long as the file is the old one, the new server is nobody to talk to.
    expect(await rejection(get(api))).toMatchObject({ kind: 'tls' })
    folder.write('ca.crt', next.cert)
    expect(await textOf((await get(api)).body)).toBe('trusted')
    before.exchanges[0]?.response.end(' ended')
    expect(await textOf(old.body)).toBe('begun ended')
  },
)

test('an authority that changed is read after renew, and one that did not keeps the connection', async () => {
  const server = await serve('h2', ({ response }) => response.end('ok'))
  const { api, folder } = await pod(server.port)
  await textOf((await get(api)).body)
  api.renew()
  await textOf((await get(api)).body)
  expect(server.accepted).toBe(1)
  folder.write('ca.crt', `${certificate('another').cert}${certificateOfAll.cert}`)
  api.renew()
  await textOf((await get(api)).body)
  expect(server.accepted).toBe(2)
  // The old one has nothing to do any more.
  await until(() => server.sockets.size === 1)
})
