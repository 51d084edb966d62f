import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { fakeClock } from '@evenkeel/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectedServer } from '../api-server/connected-server.ts'
import type { ApiServer } from '../api-server.ts'
import type { Credentials } from '../credentials.ts'
import { certificate } from '../testing/certificate.ts'
import { folderOf } from '../testing/folder.ts'
import { certificateOfAll, rejection, serve, textOf } from '../testing/servers.ts'
import { fromKubeconfig, thoseThere } from './kubeconfig.ts'

interface Written {
  readonly server?: string
  readonly cluster?: object
  readonly user?: object
  readonly namespace?: string
}

/** A kubeconfig with one context of this name; JSON is YAML. */
function configOf(name: string, { server = 'https://127.0.0.1:6443', cluster, user = {}, namespace }: Written): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(certificateOfAll.cert), ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } }],
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

async function written(config: Written): Promise<Credentials> {
  const kubeconfig = folderOf().write('config', configOf('one', config))
  return fromKubeconfig({ kubeconfig }, [])
}

function serverOf(credentials: Credentials): ApiServer {
  const api = connectedServer(credentials, fakeClock())
  onTestFinished(() => api[Symbol.asyncDispose]())
  return api
}

async function get(api: ApiServer): Promise<string> {
  return textOf((await api.get({ path: '/', headMs: 1_000, signal: new AbortController().signal })).body)
}

test('a token is shown over a connection of our own', async () => {
  const server = await serve('h2', ({ response, headers }) => response.end(headers.authorization))
  const api = serverOf(await written({ server: server.url, user: { token: 'secret' }, namespace: 'shop' }))
  expect([api.url, api.namespace]).toEqual([server.url, 'shop'])
  expect([await get(api), await get(api)]).toEqual(['Bearer secret', 'Bearer secret'])
  expect(server.accepted).toBe(1)
  expect(inspect(api, { depth: 20, showHidden: true })).not.toContain('secret')
})

test('a context without a namespace is in default, as for kubectl', async () => {
  expect((await written({})).namespace).toBe('default')
})

test('a name and a password are shown', async () => {
  const credentials = await written({ user: { username: 'me', password: 'secret' } })
  expect((await credentials.show()).headers.authorization).toBe(`Basic ${base64('me:secret')}`)
})

test('a client certificate is shown, and the name that the server’s has to carry is its own', async () => {
  const client = certificate('a client')
  const server = await serve('h2', ({ response }) => response.end('known'), { requestCert: true, ca: client.cert })
  const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) }
  const cluster = { 'tls-server-name': 'api.test' }
  expect(await get(serverOf(await written({ server: server.url, user, cluster })))).toBe('known')
  const unknown = serverOf(await written({ server: server.url }))
  expect(await rejection(get(unknown))).toHaveProperty('name', 'ApiFailure')
})

test('a plugin is asked once, and again after renew', async () => {
  const folder = folderOf({ token: 'first' })
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' }
  const program = `
    const token = require('node:fs').readFileSync(${JSON.stringify(`${folder.path}/token`)}, 'utf8')
    console.log(JSON.stringify({ ...${JSON.stringify(credential)}, status: { token } }))`
  const exec = { apiVersion: credential.apiVersion, command: process.execPath, args: ['-e', program] }
  const credentials = await written({ user: { exec } })
  const token = async (): Promise<string | undefined> => (await credentials.show()).headers.authorization
  expect(await token()).toBe('Bearer first')
  folder.write('token', 'second')
  expect(await token()).toBe('Bearer first')
  credentials.renew()
  expect(await token()).toBe('Bearer second')
})

test('what a plugin complains of is told, and what it prints is not', async () => {
  const asked = async (program: string): Promise<string> => {
    const exec = { command: process.execPath, args: ['-e', program] }
    return inspect(await rejection((await written({ user: { exec } })).show()))
  }
  const garbage = await asked('console.log("secret")')
  expect(await asked('console.error("log in first"); process.exit(1)')).toContain('log in first')
  expect(garbage).toContain('could not be parsed')
  expect(garbage).not.toContain('secret')
})

test('trust is the same object until it changes', async () => {
  const credentials = await written({ user: { token: 'secret' } })
  const { trust } = await credentials.show()
  expect((await credentials.show()).trust).toBe(trust)
  expect(String(trust.ca)).toBe(certificateOfAll.cert)
})

test('a proxy is gone through', async () => {
  const asked: (string | undefined)[] = []
  const proxy = createServer()
  const sockets = new Set<Socket>()
  proxy.on('connect', ({ url }, near: Socket) => {
    asked.push(url)
    const far = connect(Number(url?.split(':')[1]), '127.0.0.1', () => near.write('HTTP/1.1 200 OK\r\n\r\n'))
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const server = await serve('https', ({ response, headers }) => response.end(headers.authorization))
  const cluster = { 'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const api = serverOf(await written({ server: server.url, cluster, user: { token: 'secret' } }))
  expect([await get(api), await get(api)]).toEqual(['Bearer secret', 'Bearer secret'])
  expect(new Set(asked)).toEqual(new Set([server.url.slice(8)]))
})

test('the files of KUBECONFIG are one, the first names the current context, and those missing are passed over', async () => {
  const folder = folderOf()
  const first = folder.write('first', configOf('one', { namespace: 'first' }))
  const second = folder.write('second', configOf('two', { server: 'https://127.0.0.2:6443', namespace: 'second' }))
  const paths = [`${folder.path}/missing`, first, second]
  expect(await thoseThere(paths)).toEqual([first, second])
  expect((await fromKubeconfig({}, paths)).namespace).toBe('first')
  const { url, namespace } = await fromKubeconfig({ context: 'two' }, paths)
  expect([url, namespace]).toEqual(['https://127.0.0.2:6443', 'second'])
})

test('a context that is not there is told with those that are', async () => {
  const kubeconfig = folderOf().write('config', configOf('one', {}))
  expect(await rejection(fromKubeconfig({ kubeconfig, context: 'two' }, []))).toMatchObject({
    kind: 'credentials',
    message: 'the kubeconfig has no context two (expected: one)',
  })
})

test('a file that is missing or broken is named, and what it holds is not', async () => {
  const folder = folderOf()
  const missing = `${folder.path}/missing`
  expect(await rejection(fromKubeconfig({}, [missing]))).toMatchObject({
    message: `there is no kubeconfig (expected: ${missing})`,
  })
  const broken = folder.write('broken', 'token: secret\n\tuser: [')
  const failure = await rejection(fromKubeconfig({ kubeconfig: broken }, []))
  expect(failure).toMatchObject({ kind: 'credentials', message: `cannot read the kubeconfig ${broken}` })
  expect(inspect(failure)).not.toContain('secret')
})

test('without the library the error says how to install it', async () => {
  const load = (): Promise<never> => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'))
  expect(await rejection(fromKubeconfig({}, ['/config'], load))).toMatchObject({
    kind: 'credentials',
    message: expect.stringContaining('npm install @kubernetes/client-node'),
  })
})
