import type { RequestListener } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type Field, open, service, until } from '../testing/field.ts'
import { answerOk, serve, type TestServer } from '../testing/servers.ts'

const origin = `http://${service}`

async function ask(field: Field, options: object = {}): Promise<void> {
  const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET', ...options })
  await body.dump()
}

function standings(field: Field): readonly unknown[] {
  return field.peers.map(({ standing, why }) => [standing, ...why])
}

/** Answers with `Connection: close` while the switch is on. */
function closing(): { readonly listener: RequestListener; on: boolean } {
  const one = {
    on: false,
    listener: ((request, response) => {
      if (one.on) response.setHeader('connection', 'close')
      answerOk(request, response)
    }) as RequestListener,
  }
  return one
}

async function pair(listener: RequestListener): Promise<{ field: Field; first: TestServer; second: TestServer }> {
  const [first, second] = [await serve(listener), await serve()]
  return { field: open([first.locator, second.locator]), first, second }
}

/** As many kept-alive connections to the first server. */
async function warm(field: Field, first: TestServer, count: number): Promise<void> {
  const before = first.requests.length
  await Promise.all(Array.from({ length: count }, () => ask(field)))
  expect(first.requests.length).toBe(before + count)
  expect(field.dispatcher.stats.free).toBe(count)
}

describe('the header evenkeel-drain', () => {
  test('makes its endpoint be left at once, though discovery says ready', async () => {
    const { field, first, second } = await pair((request, response) => {
      response.setHeader('evenkeel-drain', '1')
      answerOk(request, response)
    })
    await ask(field)
    expect(standings(field)).toEqual([['leaving', 'drain-mark'], ['open']])
    await ask(field)
    await ask(field)
    expect([first.requests.length, second.requests.length]).toEqual([1, 2])
    await until(() => first.sockets.size === 0)
  })

  test('does so with its head, before the body has ended', async () => {
    let finish: () => void = () => {}
    const { field, second } = await pair((_request, response) => {
      response.writeHead(200, { 'evenkeel-drain': '1' }).write('begun ')
      finish = () => response.end('done')
    })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    await ask(field)
    expect(second.requests.length).toBe(1)
    finish()
    expect(await body.text()).toBe('begun done')
  })

  test('also in an answer that is not passed on', async () => {
    const { field, first } = await pair((_request, response) => {
      response.writeHead(503, { 'evenkeel-drain': '1' }).end()
    })
    await ask(field)
    expect(standings(field)).toEqual([['leaving', 'drain-mark'], ['open']])
    await until(() => first.sockets.size === 0)
  })

  test('is still used when nobody else is there', async () => {
    const server = await serve((request, response) => {
      response.setHeader('evenkeel-drain', '1')
      answerOk(request, response)
    })
    const field = open([server.locator])
    await ask(field)
    await ask(field)
    expect(server.requests.length).toBe(2)
  })

  test('is forgotten when discovery writes the endpoint anew', async () => {
    const { field, first, second } = await pair((request, response) => {
      if (first.requests.length === 1) response.setHeader('evenkeel-drain', '1')
      answerOk(request, response)
    })
    await ask(field)
    const [address, port] = first.locator.split(':') as [string, string]
    field.resolver.set(service, [{ address, port: Number(port), zone: 'b' }, second.locator])
    expect(standings(field)).toEqual([['open'], ['open']])
    await until(() => first.sockets.size === 0)
    await ask(field)
    await ask(field)
    expect([...first.requests, ...second.requests].length).toBe(3)
  })
})

describe('Connection: close', () => {
  test('once retires that connection and nothing else', async () => {
    const close = closing()
    const { field, first } = await pair(close.listener)
    await warm(field, first, 1)
    close.on = true
    await ask(field)
    expect(standings(field)).toEqual([['open'], ['open']])
    expect(field.dispatcher.stats.connected).toBe(0)
    close.on = false
    await ask(field)
    expect([first.requests.length, first.accepted]).toEqual([3, 2])
  })

  test('on two connections that had been kept alive, within a second, is a sign that the endpoint is going', async () => {
    const close = closing()
    const { field, first, second } = await pair(close.listener)
    await warm(field, first, 2)
    close.on = true
    await Promise.all([ask(field), ask(field)])
    expect(standings(field)).toEqual([['leaving', 'drain-mark'], ['open']])
    await ask(field)
    expect([first.requests.length, second.requests.length]).toEqual([4, 1])
  })

  test('of a server that never keeps a connection is its way', async () => {
    const close = closing()
    close.on = true
    const { field, first } = await pair(close.listener)
    for (let calls = 0; calls < 5; calls++) await ask(field)
    expect(standings(field)).toEqual([['open'], ['open']])
    expect(first.requests.length).toBe(5)
  })

  test('does not count when the request asked for it: HEAD, reset, the header', async () => {
    const { field, first } = await pair(answerOk)
    for (const options of [{ method: 'HEAD' }, { reset: true }, { headers: { connection: 'close' } }]) {
      await warm(field, first, 3)
      await Promise.all([ask(field, options), ask(field, options), ask(field, options)])
      expect(standings(field)).toEqual([['open'], ['open']])
      await until(() => field.dispatcher.stats.free === 0 && first.sockets.size === 0)
    }
  })
})

test('Retry-After closes an endpoint for the time that it names', async () => {
  const { field, first, second } = await pair((request, response) => {
    if (first.requests.length === 1) response.writeHead(429, { 'retry-after': '60' }).end()
    else answerOk(request, response)
  })
  for (let calls = 0; calls < 3; calls++) await ask(field)
  expect([first.requests.length, second.requests.length]).toEqual([1, 3])
  expect(standings(field)).toEqual([['shut', 'retry-after'], ['open']])
})
