/** The three services together, as they run in pods, but on 127.0.0.1. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseTarget, staticEndpoints, upstreams } from '@evenkeel/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningService, serve } from '../serving/serve.ts'
import { readSettings, type Settings } from '../settings.ts'
import { createService, type ServiceName, serviceNamed } from './service.ts'

const place = { port: 0, internalPort: 0, host: '127.0.0.1' } as const
let users: RunningService
let catalog: RunningService
let running: RunningService[] = []

beforeEach(async () => {
  users = await start('users')
  catalog = await start('catalog')
})

afterEach(async () => {
  for (const service of running) await service[Symbol.asyncDispose]()
  running = []
})

async function start(name: ServiceName, settings: Partial<Settings> = {}): Promise<RunningService> {
  const service = createService(name, { ...readSettings({}), workMs: 1, ...settings })
  const started = await serve({ ...service, podName: `${name}-pod`, ...place })
  running.push(started)
  return started
}

function startStorefront(settings: Partial<Settings> = {}): Promise<RunningService> {
  return start('storefront', { usersUrl: users.url, catalogAddress: catalog.grpcAddress ?? '', ...settings })
}

async function ask({ url }: RunningService, path: string, method = 'GET'): Promise<readonly [number, unknown]> {
  const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) })
  return [answer.status, await answer.json()]
}

async function callsOf({ internalUrl }: RunningService): Promise<Readonly<Record<string, object>>> {
  const figures = await (await fetch(`${internalUrl}/figures`)).json()
  return (figures as { readonly backends: Readonly<Record<string, object>> }).backends
}

test('a page is made of a user and a product, and names the pod of each part', async () => {
  expect(await ask(await startStorefront(), '/users/7/products/3')).toEqual([
    200,
    {
      pod: 'storefront-pod',
      user: { pod: 'users-pod', id: '7', name: 'User 7' },
      product: { pod: 'catalog-pod', id: '3', name: 'Product 3', cents: 1_999 },
    },
  ])
})

test('an order keeps a product back and notes it with the user', async () => {
  expect(await ask(await startStorefront(), '/users/7/products/3/orders', 'POST')).toEqual([
    201,
    {
      pod: 'storefront-pod',
      reservation: { pod: 'catalog-pod', id: 1, product: '3' },
      user: { pod: 'users-pod', id: 1, user: '7', order: { product: '3', reservation: 1 } },
    },
  ])
})

test('calls are counted by backend, and failed ones by code', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  const storefront = await startStorefront({ usersUrl: `http://127.0.0.1:${port}` })
  expect(await ask(storefront, '/users/7/products/3')).toEqual([
    502,
    { pod: 'storefront-pod', failed: { backend: 'users', code: 'ECONNREFUSED' } },
  ])
  await ask(storefront, '/users/7/products/3/orders', 'POST')
  const { users: toUsers, catalog: toCatalog } = await callsOf(storefront)
  expect(toUsers).toEqual({ requests: 2, failures: { ECONNREFUSED: 2 }, p50: 0, p99: 0, longest: 0 })
  expect(toCatalog).toMatchObject({ requests: 2, failures: {}, p50: expect.any(Number) })
})

test('a backend that answers too late or with an error is a 502 that says so', async () => {
  const late = await start('users', { workMs: 60_000 })
  expect(await ask(await startStorefront({ usersUrl: late.url, callMs: 20 }), '/users/7/products/3')).toEqual([
    502,
    { pod: 'storefront-pod', failed: { backend: 'users', code: 'TimeoutError' } },
  ])
  const elsewhere = await startStorefront({ usersUrl: catalog.url })
  expect(await ask(elsewhere, '/users/7/products/3')).toEqual([
    502,
    { pod: 'storefront-pod', failed: { backend: 'users', code: '404' } },
  ])
})

test('a catalog that answers too late, or is not there, is a 502 with the status of gRPC', async () => {
  const late = await start('catalog', { workMs: 60_000 })
  const impatient = await startStorefront({ catalogAddress: late.grpcAddress ?? '', callMs: 50 })
  expect(await ask(impatient, '/users/7/products/3/orders', 'POST')).toEqual([
    502,
    { pod: 'storefront-pod', failed: { backend: 'catalog', code: 'DEADLINE_EXCEEDED' } },
  ])
  // A port of HTTP/1.1 speaks no gRPC.
  const elsewhere = await startStorefront({ catalogAddress: new URL(catalog.url).host })
  expect((await ask(elsewhere, '/users/7/products/3/orders', 'POST'))[1]).toMatchObject({
    failed: { backend: 'catalog', code: 'UNAVAILABLE' },
  })
})

test('the catalog says the same by HTTP and by gRPC', async () => {
  const { product } = (await ask(await startStorefront(), '/users/7/products/3'))[1] as { readonly product: object }
  expect(await ask(catalog, '/products/3')).toEqual([200, product])
})

test('with upstreams the calls by gRPC go to a pod that they know', async () => {
  await using services = upstreams({ resolver: staticEndpoints({ catalog: [catalog.grpcAddress ?? ''] }) })
  const settings = { ...readSettings({}), usersUrl: users.url }
  const storefront = await serve({ ...createService('storefront', settings, services), podName: 'front', ...place })
  running.push(storefront)
  expect((await ask(storefront, '/users/7/products/3'))[1]).toMatchObject({ product: { pod: 'catalog-pod' } })
  const { peers } = services.of(parseTarget(settings.catalogAddress)).inspect()
  expect(peers).toHaveLength(1)
})

test('a service that does not exist is refused by name', () => {
  expect(serviceNamed('users')).toBe('users')
  expect(() => serviceNamed('toString')).toThrow('service: toString (expected: users, catalog, storefront)')
  expect(() => serviceNamed()).toThrow('service: nothing (expected: users, catalog, storefront)')
})
