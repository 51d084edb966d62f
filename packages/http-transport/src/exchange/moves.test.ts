import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { failure, open, service, until } from '../testing/field.ts'
import { drop, echo, refusing, serve, serveRaw } from '../testing/servers.ts'

const origin = `http://${service}`

function resetAtAccept(socket: Socket): void {
  socket.resetAndDestroy()
}

describe('a request that was never sent moves to another endpoint, whatever its method', () => {
  test('after a refused connection, free of budget', async () => {
    const good = await serve(echo)
    const field = open([await refusing(), good.locator])
    const before = field.dispatcher.inspect().budgetLeft
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'once' })
    expect(await body.text()).toBe('once')
    expect(good.requests).toEqual(['POST /'])
    expect(field.dispatcher.inspect().budgetLeft).toBeGreaterThanOrEqual(before)
  })

  test('with a stream that nobody has read, however large', async () => {
    const good = await serve(echo)
    const field = open([await refusing(), good.locator])
    const whole = 'evenkeel'.repeat(100_000)
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'POST', body: Readable.from([whole]) })
    expect((await body.text()) === whole).toBe(true)
  })

  test('never more than three times; the error lists every attempt', async () => {
    const locators = [await refusing(), await refusing(), await refusing(), await refusing()]
    const good = await serve()
    const field = open([...locators, good.locator])
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'once' }))
    expect(error).toMatchObject({
      code: 'EVENKEEL_CONNECT_FAILED',
      service,
      endpoint: locators[3],
      fate: 'unprocessed',
      fault: 'network',
      next: 'see the cause; nothing was sent',
      cause: { code: 'ECONNREFUSED' },
    })
    expect(error.attempts.map(({ endpoint, phase, code }) => [endpoint, phase, code])).toEqual(
      locators.map((locator) => [locator, 'connect', 'ECONNREFUSED']),
    )
    for (const locator of locators) expect(error.message).toContain(`${locator} connect ECONNREFUSED after`)
    expect(good.requests).toEqual([])
    expect(field.inFlight).toBe(0)
  })

  test('to the same endpoint when there is no other, after a back-off', async () => {
    const field = open([await refusing()], { retry: { baseMs: 1, maxMs: 1 } })
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'POST' }))
    expect(error.attempts.length).toBe(4)
  })

  test('after a reset in the TLS handshake', async () => {
    const raw = await serveRaw(resetAtAccept)
    const field = open([raw.locator], { retry: { baseMs: 1, maxMs: 1 } })
    const error = await failure(field.dispatcher.request({ origin: `https://${service}`, path: '/', method: 'POST' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECT_FAILED', fate: 'unprocessed', cause: { code: 'ECONNRESET' } })
    expect(raw.accepted).toBe(4)
  })

  test('a failure before the head is never blamed on one who was not asked', async () => {
    const servers = [await serve(), await serve()]
    const field = open([await refusing(), ...servers.map(({ locator }) => locator)])
    for (let calls = 0; calls < 6; calls++)
      await (await field.dispatcher.request({ origin, path: '/', method: 'POST' })).body.dump()
    expect(field.peers.map(({ standing }) => standing).sort()).toEqual(['open', 'open', 'shut'])
    expect(servers[0]?.requests.length).toBe(6)
  })
})

describe('a reset at accept', () => {
  test('loses no GET', async () => {
    const raw = await serveRaw(resetAtAccept)
    const good = await serve()
    const field = open([raw.locator, good.locator])
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(await body.text()).toBe('GET /')
  })

  test('sends no POST twice', async () => {
    const raw = await serveRaw(resetAtAccept)
    const good = await serve()
    const field = open([raw.locator, good.locator])
    const call = field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'once' })
    // Whether the reset arrives before or after the bytes have left is the kernel's choice; both must be told truly.
    const answered = await call.then(
      ({ body }) => body.text(),
      () => undefined,
    )
    if (answered === undefined) expect((await failure(call)).fate).toBe('maybe-processed')
    expect(good.requests.length).toBe(answered === undefined ? 0 : 1)
    await until(() => field.inFlight === 0)
  })
})

describe('a POST that is on the wire when its server dies', () => {
  test('fails with fate maybe-processed, and is sent exactly once', async () => {
    const ids: unknown[] = []
    const bad = await serve((request, response) => {
      ids.push(request.headers['x-id'])
      drop(request, response)
    })
    const good = await serve(echo)
    const field = open([bad.locator, good.locator])
    for (let id = 0; id < 4; id++) {
      const headers = { 'x-id': String(id) }
      const error = await failure(
        field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'once', headers }),
      )
      expect(error).toMatchObject({
        code: 'EVENKEEL_CONNECTION_LOST',
        service,
        endpoint: bad.locator,
        fate: 'maybe-processed',
        fault: 'endpoint',
        attempts: [{ endpoint: bad.locator, phase: 'head', code: 'UND_ERR_SOCKET' }],
      })
    }
    expect(ids).toEqual(['0', '1', '2', '3'])
    expect(good.requests).toEqual([])
  })

  test('in the middle of its body, too', async () => {
    const raw = await serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const good = await serve(echo)
    const field = open([raw.locator, good.locator])
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(1_000)
    }
    const error = await failure(
      field.dispatcher.request({ origin, path: '/', method: 'POST', body: Readable.from(endless()) }),
    )
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECTION_LOST', fate: 'maybe-processed', endpoint: raw.locator })
    expect(good.requests).toEqual([])
    expect(field.inFlight).toBe(0)
  })

  test('an answer that is cut in its body is answered, and never resumed elsewhere', async () => {
    const bad = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('a part', () => response.socket?.destroy())
    })
    const good = await serve()
    const field = open([bad.locator, good.locator])
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    const error = await failure(body.text())
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECTION_LOST', fate: 'answered', fault: 'endpoint' })
    expect(error.attempts).toMatchObject([{ phase: 'body', code: 'UND_ERR_SOCKET' }])
    expect(good.requests).toEqual([])
    expect(field.inFlight).toBe(0)
  })
})
