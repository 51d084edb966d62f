import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { EvenkeelError, events } from '@evenkeel/core'
import { certificateFor } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failure, open, service } from '../testing/field.ts'
import { drop, hang, refusing, serve, serveRaw, type TestServer } from '../testing/servers.ts'

const origin = `http://${service}`
const secret = 'planted-token-4711'

/** Everything that the channels said, deeply. */
function listen(): () => string {
  const heard: unknown[] = []
  const hear = (message: unknown): void => void heard.push(message)
  for (const { name } of Object.values(events)) subscribe(name, hear)
  onTestFinished(() => {
    for (const { name } of Object.values(events)) unsubscribe(name, hear)
  })
  return () => inspect(heard, { depth: 10, showHidden: true })
}

function answerWith(text: string): (socket: Socket) => void {
  return (socket) => void socket.once('data', () => socket.end(text))
}

describe('every error says what, where, whose fault and what now', () => {
  const certificate = certificateFor('other-service')

  type Way = readonly [fault: string, code: string, place: () => Promise<string>, options?: object, request?: object]
  const ways: readonly Way[] = [
    ['a refused connection', 'EVENKEEL_CONNECT_FAILED', refusing],
    [
      'a certificate of another name',
      'EVENKEEL_CONNECT_FAILED',
      async () => (await serve(hang, certificate)).locator,
      {},
      { origin: `https://${service}` },
    ],
    ['a server that dies', 'EVENKEEL_CONNECTION_LOST', async () => (await serve(drop)).locator],
    ['a silent server', 'EVENKEEL_HEAD_TIMEOUT', async () => (await serve(hang)).locator, { headMs: 30 }],
    ['a call that had its time', 'EVENKEEL_DEADLINE', async () => (await serve(hang)).locator, { totalMs: 30 }],
    [
      'what is not HTTP',
      'EVENKEEL_PROTOCOL',
      async () => (await serveRaw(answerWith(`${secret} is no HTTP\r\n\r\n`))).locator,
    ],
    [
      'a broken head',
      'EVENKEEL_PROTOCOL',
      async () =>
        (await serveRaw(answerWith(`HTTP/1.1 200 OK\r\nset-cookie: ${secret}\r\nb${secret}@d\x00: x\r\n\r\n`))).locator,
    ],
  ]

  const named = ways.map(([fault, code, place, options = {}, request = {}]) => ({
    fault,
    code,
    place,
    options,
    request,
  }))

  test.each(named)('$fault gives $code', async ({ code, place, options, request }) => {
    const heard = listen()
    const locator = await place()
    const field = open([locator], {
      retry: { baseMs: 0, maxMs: 0, maxAttempts: 1 },
      connect: { ca: certificate.cert, key: certificate.key, cert: certificate.cert, passphrase: secret },
      ...options,
    })
    const error = await failure(
      field.dispatcher.request({
        origin,
        path: `/path?token=${secret}`,
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, cookie: secret },
        body: secret,
        ...request,
      }),
    )
    expect(EvenkeelError.is(error)).toBe(true)
    expect(error).toMatchObject({ code, service, endpoint: locator, cause: expect.any(Error) })
    expect(error.fate).toMatch(/^(unprocessed|maybe-processed)$/)
    expect(error.fault).toMatch(/^(network|endpoint)$/)
    expect(error.next.length).toBeGreaterThan(10)
    expect(error.attempts.length).toBeGreaterThan(0)
    for (const { endpoint, phase, ms, code: reason } of error.attempts) {
      expect(endpoint).toBe(locator)
      expect(['connect', 'sent', 'head', 'body']).toContain(phase)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(reason.length).toBeGreaterThan(3)
    }
    const [line] = error.message.split('\n') as [string]
    for (const part of [code, service, locator, `fate: ${error.fate}`, `Next: ${error.next}`])
      expect(line).toContain(part)
    expect(line).toBe(error.message)

    const everything = [error.message, error.stack, inspect(error, { depth: 10 }), JSON.stringify(error), heard()].join(
      '\n',
    )
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain('PRIVATE KEY')
  })

  test('the watch for the planted secret sees one: the request itself is full of it', async () => {
    let heard = ''
    const server: TestServer = await serve((request, response) => {
      heard = inspect([request.url, request.headers])
      response.end()
    })
    const headers = { authorization: `Bearer ${secret}` }
    const { body } = await open([server.locator]).dispatcher.request({
      origin,
      path: `/?${secret}`,
      method: 'GET',
      headers,
    })
    await body.dump()
    expect(heard.split(secret).length).toBe(3)
  })

  test('an error of a body that was cut carries none of it', async () => {
    const { locator } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100', 'set-cookie': secret })
      response.write(secret, () => response.socket?.destroy())
    })
    const { body } = await open([locator]).dispatcher.request({ origin, path: '/', method: 'GET' })
    const error = await failure(body.text())
    expect(error.code).toBe('EVENKEEL_CONNECTION_LOST')
    expect(inspect(error, { depth: 10 })).not.toContain(secret)
  })
})

describe('the fate of a request is that of all its attempts', () => {
  test('refused at last, it may have been processed before', async () => {
    const lost = await serve(drop)
    const field = open([lost.locator, await refusing(), await refusing(), await refusing(), await refusing()], {
      retry: { baseMs: 0, maxMs: 0 },
    })
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'PUT' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECT_FAILED', fate: 'maybe-processed' })
    expect(error.attempts.map(({ code }) => code)).toEqual([
      'UND_ERR_SOCKET',
      'ECONNREFUSED',
      'ECONNREFUSED',
      'ECONNREFUSED',
      'ECONNREFUSED',
    ])
  })

  test('an answer that was tried again is among the attempts, and may have been processed', async () => {
    const unavailable = await serve((_request, response) => response.writeHead(503).end())
    const field = open([unavailable.locator, await refusing(), await refusing(), await refusing(), await refusing()], {
      retry: { baseMs: 0, maxMs: 0 },
    })
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'DELETE' }))
    expect(error.attempts[0]).toMatchObject({ endpoint: unavailable.locator, phase: 'body', code: '503' })
    expect(error.fate).toBe('maybe-processed')
  })

  test('never sent, it is unprocessed', async () => {
    const field = open([await refusing()], { retry: { baseMs: 0, maxMs: 0 } })
    expect((await failure(field.dispatcher.request({ origin, path: '/', method: 'POST' }))).fate).toBe('unprocessed')
  })
})

describe('a request that nobody takes', () => {
  test('of an absent Service', async () => {
    const { manualResolver } = await import('@evenkeel/core/testing')
    const resolver = manualResolver()
    resolver.absent()
    const { dispatcher } = open([], { resolver })
    expect(await failure(dispatcher.request({ origin, path: '/', method: 'GET' }))).toMatchObject({
      code: 'EVENKEEL_SERVICE_ABSENT',
      service,
      fate: 'unprocessed',
      fault: 'discovery',
      attempts: [],
    })
  })

  test('while discovery fails, with its error as the cause', async () => {
    const { manualResolver } = await import('@evenkeel/core/testing')
    const resolver = manualResolver()
    const cause = new Error('no access')
    resolver.fail(cause)
    const { dispatcher } = open([], { resolver, firstSetMs: 20 })
    const error = await failure(dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_DISCOVERY_FAILED', fate: 'unprocessed', fault: 'discovery' })
    expect(error.cause).toBe(cause)
  })

  test('with a full queue', async () => {
    const server = await serve(hang)
    const field = open([server.locator], { connections: { perPeer: 1 }, maxWaiting: 1 })
    for (const path of ['/a', '/b']) void field.dispatcher.request({ origin, path, method: 'GET' }).catch(() => {})
    expect([field.inFlight, field.waiting]).toEqual([1, 1])
    expect(await failure(field.dispatcher.request({ origin, path: '/c', method: 'GET' }))).toMatchObject({
      code: 'EVENKEEL_QUEUE_FULL',
      fate: 'unprocessed',
    })
    expect([field.inFlight, field.waiting]).toEqual([1, 1])
  })
})
