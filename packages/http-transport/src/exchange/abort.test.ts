import { manualResolver } from '@evenkeel/core/testing'
import { describe, expect, test } from 'vitest'
import { type Field, open, rejection, service, until } from '../testing/field.ts'
import { answerOk, drop, hang, serve, serveRaw, status } from '../testing/servers.ts'

const origin = `http://${service}`

/** A request that its caller aborts once `moment` has come. It must settle at once: before anything else can happen. */
async function abortAt(field: Field, moment: () => boolean, options: object = {}): Promise<void> {
  const controller = new AbortController()
  const reason = new Error('the caller went away')
  let settled = false
  const { signal } = controller
  const call = field.dispatcher.request({ origin, path: '/aborted', method: 'GET', signal, ...options })
  const error = rejection(call).then((one) => {
    settled = true
    return one
  })
  await until(moment)
  expect(settled).toBe(false)
  controller.abort(reason)
  // Promises settle between two turns of the event loop: no timer and no socket had a say.
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(settled).toBe(true)
  expect(await error).toBe(reason)
}

async function nothingLeft(field: Field): Promise<void> {
  await until(() => field.inFlight === 0 && field.waiting === 0)
  expect(field.dispatcher.stats.running).toBe(0)
}

describe('an abort settles the request at once', () => {
  test('before it was made', async () => {
    const server = await serve()
    const field = open([server.locator])
    const signal = AbortSignal.abort()
    await rejection(field.dispatcher.request({ origin, path: '/', method: 'GET', signal }))
    await nothingLeft(field)
    expect(server.requests).toEqual([])
    expect(field.dispatcher.stats.connected).toBe(0)
  })

  test('while it waits for the first list', async () => {
    const resolver = manualResolver()
    const field = open([], { resolver })
    await abortAt(field, () => field.waiting === 1)
    const server = await serve()
    resolver.set([server.locator])
    await nothingLeft(field)
    expect(server.requests).toEqual([])
  })

  test('while it waits because all are full, and the next in line goes instead', async () => {
    let finish: () => void = () => {}
    const server = await serve((request, response) => {
      if (request.url === '/first') finish = () => response.end('done')
      else answerOk(request, response)
    })
    const field = open([server.locator], { connections: { perPeer: 1 } })
    const first = field.dispatcher.request({ origin, path: '/first', method: 'GET' })
    await until(() => server.requests.length === 1)
    await abortAt(field, () => field.waiting === 1)
    const next = field.dispatcher.request({ origin, path: '/next', method: 'GET' })
    expect(field.waiting).toBe(1)
    finish()
    await (await first).body.dump()
    expect(await (await next).body.text()).toBe('GET /next')
    expect(server.requests).toEqual(['GET /first', 'GET /next'])
    await nothingLeft(field)
  })

  test('while it connects: the socket goes with it', async () => {
    // TLS without an answer: the connection never comes about.
    const raw = await serveRaw((socket) => void socket.resume())
    const field = open([raw.locator], { connectMs: 60_000 })
    await abortAt(field, () => raw.sockets.size === 1, { origin: `https://${service}` })
    await nothingLeft(field)
    expect(field.dispatcher.stats.connected).toBe(0)
    await until(() => raw.sockets.size === 0)
  })

  test('after it was sent', async () => {
    const server = await serve(hang)
    const other = await serve()
    const field = open([server.locator, other.locator])
    await abortAt(field, () => server.requests.length === 1)
    await nothingLeft(field)
    await until(() => server.sockets.size === 0)
    expect(other.requests).toEqual([])
  })

  test('while its own body is sent', async () => {
    const server = await serve(hang)
    const field = open([server.locator])
    let sent = 0
    let finished = false
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) {
          yield Buffer.alloc(10_000)
          sent++
          await new Promise<void>((resolve) => setImmediate(resolve))
        }
      } finally {
        finished = true
      }
    }
    await abortAt(field, () => sent > 5, { method: 'POST', body: endless() })
    await nothingLeft(field)
    await until(() => finished && server.sockets.size === 0)
  })

  test('during a back-off', async () => {
    const server = await serve(status(503, { 'retry-after': '20' }))
    const field = open([server.locator])
    await abortAt(field, () => server.requests.length === 1 && field.inFlight === 0)
    await nothingLeft(field)
    expect(server.requests.length).toBe(1)
  })

  test('between two attempts', async () => {
    const servers = [await serve(drop), await serve(hang)]
    const field = open(
      servers.map(({ locator }) => locator),
      { retry: { baseMs: 1, maxMs: 1 } },
    )
    await abortAt(field, () => servers[1]?.requests.length === 1)
    await nothingLeft(field)
  })

  test('in the body of the answer', async () => {
    const server = await serve((_request, response) => response.writeHead(200).write('a part'))
    const field = open([server.locator])
    const controller = new AbortController()
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET', signal: controller.signal })
    const reason = new Error('enough')
    const rest = rejection(body.text())
    controller.abort(reason)
    expect(await rest).toBe(reason)
    await nothingLeft(field)
    await until(() => server.sockets.size === 0)
  })

  test('by destroying the body of the answer', async () => {
    const server = await serve((_request, response) => response.writeHead(200).write('a part'))
    const field = open([server.locator])
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    body.on('error', () => {})
    body.destroy()
    await nothingLeft(field)
    await until(() => server.sockets.size === 0)
  })
})

describe('an abort says nothing of the endpoint', () => {
  test('many of them shut nobody and spend no budget', async () => {
    const server = await serve(hang)
    const field = open([server.locator, (await serve()).locator])
    const before = field.dispatcher.inspect().budgetLeft
    for (let calls = 1; calls <= 10; calls++) await abortAt(field, () => server.requests.length === calls)
    expect(field.peers.map(({ standing }) => standing)).toEqual(['open', 'open'])
    expect(field.dispatcher.inspect().budgetLeft).toBeGreaterThanOrEqual(before)
  })

  test('a storm of them leaves no connection behind', async () => {
    const server = await serve(hang)
    const field = open([server.locator], { connections: { perPeer: 8 } })
    const controller = new AbortController()
    const { signal } = controller
    const calls = Array.from({ length: 50 }, (_, index) =>
      rejection(field.dispatcher.request({ origin, path: `/${index}`, method: 'GET', signal })),
    )
    await until(() => server.requests.length === 8)
    expect([field.inFlight, field.waiting, server.sockets.size]).toEqual([8, 42, 8])
    controller.abort()
    await Promise.all(calls)
    await nothingLeft(field)
    expect(field.dispatcher.stats.connected).toBe(0)
    await until(() => server.sockets.size === 0)
    expect(server.requests.length).toBe(8)
  })

  test('a second abort, and one after the end, change nothing', async () => {
    const { locator } = await serve()
    const field = open([locator])
    const errors: unknown[] = []
    const controllers: { abort(reason: Error): void; readonly reason: Error | null; readonly aborted: boolean }[] = []
    const make = (path: string): Promise<void> =>
      new Promise((resolve) => {
        field.dispatcher.dispatch(
          { origin, path, method: 'GET' },
          {
            onRequestStart: (controller) => void controllers.push(controller),
            onResponseStart() {},
            onResponseEnd: () => resolve(),
            onResponseError(_controller, error) {
              errors.push(error)
              resolve()
            },
          },
        )
      })
    await make('/a')
    controllers[0]?.abort(new Error('late'))
    expect([errors, controllers[0]?.aborted]).toEqual([[], false])
    const first = new Error('first')
    const call = make('/b')
    controllers[1]?.abort(first)
    controllers[1]?.abort(new Error('second'))
    await call
    expect([errors, controllers[1]?.reason]).toEqual([[first], first])
    await nothingLeft(field)
  })
})
