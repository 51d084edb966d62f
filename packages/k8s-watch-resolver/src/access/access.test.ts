import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fakeClock } from '@evenkeel/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { type Access, type Found, findServer, type Surroundings } from './access.ts'
import { folderOf } from './testing/folder.ts'
import { certificateOfAll, rejection, serve } from './testing/servers.ts'

const account = { token: 'a-token', 'ca.crt': certificateOfAll.cert, namespace: 'shop' }
const laptop = {
  'current-context': 'laptop',
  clusters: [{ name: 'laptop', cluster: { server: 'https://laptop.test:6443' } }],
  users: [{ name: 'laptop', user: {} }],
  contexts: [{ name: 'laptop', context: { cluster: 'laptop', user: 'laptop' } }],
}

interface World {
  readonly host?: string
  readonly files?: Readonly<Record<string, string>>
  readonly load?: Surroundings['load']
}

async function find(access: Access, { host, files = {}, load }: World): Promise<Found> {
  const folder = folderOf(files).path
  const variables = { host, port: undefined, kubeconfigs: [`${folder}/config`] }
  const found = await findServer(access, { clock: fakeClock(), warn: () => {}, variables, folder, load })
  if (found.kind === 'server') onTestFinished(() => found.server[Symbol.asyncDispose]())
  return found
}

function urlOf(found: Found): string {
  return found.kind === 'server' ? found.server.url : found.reason
}

test('in a pod it is the service account, and the library for kubeconfigs is not loaded', async () => {
  const load = (): Promise<never> => Promise.reject(new Error('it was loaded'))
  const world = { host: '10.96.0.1', files: { ...account, config: JSON.stringify(laptop) }, load }
  for (const access of ['auto', 'in-cluster'] as const)
    expect(urlOf(await find(access, world))).toBe('https://10.96.0.1:443')
})

test('outside of a pod it is the kubeconfig, also where a pod has no service account', async () => {
  const files = { config: JSON.stringify(laptop) }
  expect(urlOf(await find('auto', { files }))).toBe('https://laptop.test:6443')
  expect(urlOf(await find('auto', { host: '10.96.0.1', files }))).toBe('https://laptop.test:6443')
})

test('without either there is none, and the reason says what was looked for', async () => {
  expect(urlOf(await find('auto', {}))).toMatch(
    /^KUBERNETES_SERVICE_HOST is not set, and there is no kubeconfig at .*config$/,
  )
  expect(urlOf(await find('auto', { host: '10.96.0.1' }))).toMatch(
    /^there is no .*token \(automountServiceAccountToken/,
  )
})

test('in-cluster outside of a pod is an error', async () => {
  expect(await rejection(find('in-cluster', { files: account }))).toMatchObject({
    kind: 'credentials',
    message: 'KUBERNETES_SERVICE_HOST is not set (expected: to run in a pod)',
  })
})

test('what is written down wins over what is there', async () => {
  const world = { host: '10.96.0.1', files: { ...account, config: JSON.stringify(laptop) } }
  expect(urlOf(await find({ url: 'http://127.0.0.1:8001' }, world))).toBe('http://127.0.0.1:8001')
  expect(urlOf(await find({ context: 'laptop' }, world))).toBe('https://laptop.test:6443')
})

test.each(['http', 'https', 'h2'] as const)('over %s a process ends by itself after disposing', async (kind) => {
  const server = await serve(kind, ({ response }) => {
    response.writeHead(200)
    response.write('a watch that goes on')
  })
  const program = `
    import { systemClock } from '@evenkeel/core'
    import { findServer } from ${JSON.stringify(new URL('access.ts', import.meta.url).href)}
    const access = { url: ${JSON.stringify(server.url)}, certificateAuthority: ${JSON.stringify(server.authority)} }
    const { server } = await findServer(access, { clock: systemClock, warn: console.error })
    const { body } = await server.get({ path: '/', headMs: 60_000, signal: new AbortController().signal })
    for await (const chunk of body) { console.log(String(Buffer.from(chunk))); break }
    await server.get({ path: '/unread', headMs: 60_000, signal: new AbortController().signal })
    await server[Symbol.asyncDispose]()
    console.log(process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).join())`
  const parameters = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: import.meta.dirname })
  expect(stdout).toBe('a watch that goes on\n\n')
})
