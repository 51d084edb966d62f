import { credentials, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CatalogClient, catalogService } from '../services/catalog-stub.ts'
import { type RunningService, serve } from './serve.ts'

let service: RunningService

beforeEach(async () => {
  service = await serve({
    routes: {
      'GET /things/:id': ({ parameters }) => ({ status: 200, body: { ...parameters } }),
      'POST /things/:id/parts/:part': ({ parameters, body }) => ({ status: 201, body: { ...parameters, body } }),
      'GET /broken': () => {
        throw new Error('password')
      },
    },
    figures: () => ({ more: 7 }),
    podName: 'pod-1',
    port: 0,
    internalPort: 0,
    host: '127.0.0.1',
  })
})

afterEach(() => service[Symbol.asyncDispose]())

async function ask(path: string, options: RequestInit = {}): Promise<readonly [number, unknown]> {
  const answer = await fetch(service.url + path, options)
  return [answer.status, await answer.json()]
}

test('a route gets what its path and its body say, and every answer names the pod', async () => {
  expect(await ask('/things/1?colour=red')).toEqual([200, { pod: 'pod-1', id: '1' }])
  const body = JSON.stringify({ count: 2 })
  expect(await ask('/things/1/parts/2', { method: 'POST', body })).toEqual([
    201,
    { pod: 'pod-1', id: '1', part: '2', body: { count: 2 } },
  ])
  expect((await fetch(`${service.url}/things/1`)).headers.get('x-pod')).toBe('pod-1')
})

test('a path without a route, a method without one, and a body that is no JSON are refused', async () => {
  expect((await ask('/things'))[0]).toBe(404)
  expect((await ask('/things/1', { method: 'POST', body: '{}' }))[0]).toBe(404)
  expect(await ask('/things/1/parts/2', { method: 'POST', body: '{' })).toEqual([
    400,
    { pod: 'pod-1', error: 'the body is no JSON' },
  ])
})

test('a route that throws is a 500 that says nothing of the error', async () => {
  const { error } = console
  const said: unknown[] = []
  console.error = (one: unknown) => said.push(one)
  try {
    expect(await ask('/broken')).toEqual([500, { pod: 'pod-1', error: 'see the log of the pod' }])
  } finally {
    console.error = error
  }
  expect(said).toEqual([new Error('password')])
})

test('the internal port answers probes and figures, and is not on the other one', async () => {
  for (const probe of ['livez', 'readyz', 'startupz'])
    expect((await fetch(`${service.internalUrl}/${probe}`)).status).toBe(200)
  expect((await ask('/figures'))[0]).toBe(404)
  const figures = await (await fetch(`${service.internalUrl}/figures`)).json()
  expect(figures).toEqual({ pod: 'pod-1', requests: 1, connections: 1, more: 7 })
})

test('a port that is taken is an error', async () => {
  const port = Number(new URL(service.url).port)
  const taken = serve({ routes: {}, figures: () => ({}), podName: 'pod-2', port, internalPort: 0, host: '127.0.0.1' })
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('a call by gRPC counts as a request, names the pod, and an error in it says nothing to the caller', async () => {
  const methods = {
    GetProduct: async ({ id }: Readonly<Record<string, unknown>>) => ({ id }),
    ReserveProduct: () => Promise.reject(new Error('password')),
  }
  await using grpc = await serve({
    ...{ routes: {}, figures: () => ({}), podName: 'pod-3', port: 0, internalPort: 0, host: '127.0.0.1' },
    calls: { definition: catalogService, methods },
  })
  const client = new CatalogClient(grpc.grpcAddress ?? '', credentials.createInsecure())
  const { error } = console
  console.error = () => {}
  try {
    const told = await new Promise((resolve) => client.getProduct({ id: '7' }, {}, (_, answer) => resolve(answer)))
    expect(told).toEqual({ pod: 'pod-3', id: '7', name: '', cents: 0 })
    const asked = { id: '7', user: '1' }
    const failed = await new Promise((resolve) => client.reserveProduct(asked, {}, (failure) => resolve(failure)))
    expect(failed).toMatchObject({ code: status.INTERNAL, details: 'see the log of the pod' })
    expect(await (await fetch(`${grpc.internalUrl}/figures`)).json()).toMatchObject({ pod: 'pod-3', requests: 2 })
  } finally {
    console.error = error
    client.close()
  }
})
