import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline as join } from 'node:stream/promises'
import { events, roundRobin, type WarningEvent } from '@evenkeel/core'
import { CountingClock, manualResolver } from '@evenkeel/core/testing'
import { EventSource, fetch, interceptors, pipeline, request, stream, WebSocket } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { BalancedDispatcher } from './dispatcher.ts'
import { failure, open, rejection, until } from './testing/field.ts'
import { answerOk, drop, echo, hang, refusing, serve, status } from './testing/servers.ts'
import { echoWebSockets } from './testing/web-socket-echo.ts'

const origin = 'http://user-service'

describe('what undici offers works', () => {
  test('request', async () => {
    const { locator } = await serve()
    const { dispatcher } = open([locator])
    const { statusCode, body } = await request(`${origin}/a?b=c`, { dispatcher })
    expect([statusCode, await body.text()]).toEqual([200, 'GET /a?b=c'])
  })

  test('request as a method, with and without an origin', async () => {
    const hosts: unknown[] = []
    const { locator } = await serve((request, response) => {
      hosts.push(request.headers.host)
      answerOk(request, response)
    })
    const { dispatcher } = open([locator])
    for (const given of [origin, new URL('http://user-service:8080'), undefined]) {
      const { body } = await dispatcher.request({ origin: given as string, path: '/a', method: 'GET' })
      expect(await body.text()).toBe('GET /a')
    }
    expect(hosts).toEqual(['user-service', 'user-service:8080', 'user-service'])
  })

  test('stream', async () => {
    const { locator } = await serve()
    const { dispatcher } = open([locator])
    const chunks: Buffer[] = []
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    })
    await stream(`${origin}/s`, { dispatcher, method: 'GET' }, () => sink)
    expect(Buffer.concat(chunks).toString()).toBe('GET /s')
  })

  test('pipeline', async () => {
    const { locator } = await serve(echo)
    const { dispatcher } = open([locator])
    const duplex = pipeline(`${origin}/p`, { dispatcher, method: 'PUT' }, ({ body }) => body)
    const [answer] = await Promise.all([text(duplex), join(Readable.from(['one ', 'two']), duplex, { end: true })])
    expect(answer).toBe('one two')
  })

  test('fetch', async () => {
    const { locator } = await serve(echo)
    const { dispatcher } = open([locator])
    const answer = await fetch(`${origin}/f`, { dispatcher, method: 'POST', body: 'text' })
    expect([answer.status, await answer.text()]).toEqual([200, 'text'])
  })

  test('fetch fails with a TypeError that has ours as its cause', async () => {
    const { dispatcher } = open([], { totalMs: 20 })
    const error = await rejection(fetch(origin, { dispatcher }))
    expect(error).toBeInstanceOf(TypeError)
    expect((await failure(Promise.reject(error))).code).toBe('EVENKEEL_DEADLINE')
  })

  test('connect', async () => {
    const server = await serve()
    server.server.on('connect', (_request: IncomingMessage, socket) => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(socket)
    })
    const field = open([server.locator])
    const { socket } = await field.dispatcher.connect({ origin, path: 'elsewhere:80' })
    socket.write('ping')
    expect(String((await once(socket, 'data'))[0])).toBe('ping')
    expect(field.inFlight).toBe(1)
    socket.destroy()
    await until(() => field.inFlight === 0)
  })

  test('EventSource, which is in flight and not silent while it is open', async () => {
    const { locator } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n')
    })
    const field = open([locator])
    const source = new EventSource(`${origin}/events`, { node: { dispatcher: field.dispatcher } })
    onTestFinished(() => source.close())
    const message = await new Promise<string>((resolve) => {
      source.addEventListener('message', (event) => resolve((event as MessageEvent).data as string))
    })
    expect(message).toBe('hello')
    expect(field.peers).toMatchObject([{ inFlight: 1, silentMs: 0 }])
    source.close()
    await until(() => field.inFlight === 0)
  })

  test('WebSocket, which is in flight and not silent until its socket has ended, and keeps its share', async () => {
    const server = await serve()
    echoWebSockets(server)
    const other = await serve()
    const field = open([server.locator, other.locator])
    const socket = new WebSocket('ws://user-service/socket', { dispatcher: field.dispatcher })
    await once(socket, 'open')
    socket.send('hello')
    const [message] = (await once(socket, 'message')) as [MessageEvent]
    expect(message.data).toBe('hello')
    expect(field.peers).toMatchObject([{ inFlight: 1, silentMs: 0, standing: 'open', shares: [1] }, { inFlight: 0 }])
    const { body } = await request(`${origin}/`, { dispatcher: field.dispatcher })
    await body.dump()
    expect(server.requests).toEqual(['GET /'])
    socket.close()
    await once(socket, 'close')
    await until(() => field.inFlight === 0)
    expect(field.dispatcher.stats.connected).toBe(1)
  })

  test('a WebSocket whose server dies settles too', async () => {
    const server = await serve()
    const sockets = echoWebSockets(server)
    const field = open([server.locator])
    const socket = new WebSocket('ws://user-service/socket', { dispatcher: field.dispatcher })
    await once(socket, 'open')
    const closed = once(socket, 'close')
    sockets[0]?.resetAndDestroy()
    await closed
    await until(() => field.inFlight === 0)
  })

  test('an upgrade that is refused is an answer like any other', async () => {
    const { locator } = await serve(status(403))
    const field = open([locator])
    const error = await rejection(field.dispatcher.upgrade({ origin, path: '/', protocol: 'law' } as never))
    expect(error).toBeInstanceOf(Error)
    await until(() => field.inFlight === 0)
  })

  test('compose: the retry interceptor on top makes fresh calls of ours', async () => {
    let answers = 0
    const server = await serve((request, response) => status(answers++ < 1 ? 500 : 200)(request, response))
    const { dispatcher } = open([server.locator])
    const composed = dispatcher.compose(interceptors.retry({ maxRetries: 2, minTimeout: 1, maxTimeout: 1 }))
    const { statusCode, body } = await composed.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, await body.text()]).toEqual([200, 'status 200'])
    expect(server.requests.length).toBe(2)
  })

  test('compose: an interceptor of the application sees and changes requests', async () => {
    const { locator } = await serve((request, response) => response.end(request.headers['x-mine']))
    const { dispatcher } = open([locator])
    const composed = dispatcher.compose(
      (dispatch) => (options, handler) => dispatch({ ...options, headers: { 'x-mine': 'yes' } }, handler),
    )
    const { body } = await composed.request({ origin, path: '/', method: 'GET' })
    expect(await body.text()).toBe('yes')
  })
})

test('a request may name a policy and a time of its own', async () => {
  const { locator } = await serve(hang)
  const { dispatcher } = open([locator])
  const options = {
    origin,
    path: '/',
    method: 'GET',
    evenkeel: { policy: 'inOrder', priority: 1, totalMs: 50 },
  } as const
  expect((await failure(dispatcher.request(options))).code).toBe('EVENKEEL_DEADLINE')
})

test('an origin that undici refuses fails with undici’s own error, and nothing is left in flight', async () => {
  const server = await serve()
  const field = open([server.locator])
  const error = await rejection(field.dispatcher.request({ origin: 'ftp://user-service', path: '/', method: 'GET' }))
  expect(error).toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect(field.inFlight).toBe(0)
  expect(field.dispatcher.stats).toEqual({ running: 0, connected: 0, free: 0 })
  await field.close()
})

test.each<[string, object]>([
  ['path', { path: 'no slash' }],
  ['method', { method: 'G E T' }],
  ['header', { headers: { 'a b': '1' } }],
  ['header value', { headers: { a: 'x\ny' } }],
  ['body', { method: 'POST', body: 7 }],
  ['headers', { headers: [['a', 'b', 'c']] }],
])('a %s that undici refuses fails with undici’s own error, and is not tried elsewhere', async (_name, wrong) => {
  const servers = [await serve(), await serve()]
  const field = open(servers.map(({ locator }) => locator))
  const error = await rejection(field.dispatcher.request({ origin, path: '/', method: 'GET', ...wrong }))
  expect(error).toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect(field.inFlight).toBe(0)
  expect(field.dispatcher.stats.connected).toBe(0)
  expect(field.peers.every(({ standing }) => standing === 'open')).toBe(true)
})

describe('the end of a dispatcher', () => {
  test('close waits for what is under way, and refuses what comes after', async () => {
    let finish: () => void = () => {}
    const server = await serve((_request, response) => {
      response.write('first ')
      finish = () => response.end('last')
    })
    const { dispatcher } = open([server.locator])
    const { body } = await dispatcher.request({ origin, path: '/', method: 'GET' })
    let closed = false
    const closing = dispatcher.close().then(() => {
      closed = true
    })
    const error = await failure(dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error).toMatchObject({
      code: 'EVENKEEL_CLOSED',
      fate: 'unprocessed',
      fault: 'caller',
      service: 'user-service',
    })
    expect(closed).toBe(false)
    finish()
    expect(await body.text()).toBe('first last')
    await closing
    await until(() => server.sockets.size === 0)
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, false])
  })

  test('close with a callback, twice, and of a dispatcher that was never used', async () => {
    const { dispatcher } = open([])
    await new Promise<void>((resolve) => dispatcher.close(resolve))
    await dispatcher.close()
    await dispatcher.destroy()
  })

  test('destroy ends what is under way, at every stage, with the error given', async () => {
    const hanging = await serve(hang)
    const busy = open([hanging.locator], { connections: { perPeer: 1 } })
    const calls = ['/a', '/b'].map((path) => rejection(busy.dispatcher.request({ origin, path, method: 'POST' })))
    await until(() => hanging.requests.length === 1 && busy.waiting === 1)
    const error = new Error('the end')
    await busy.dispatcher.destroy(error)
    expect(await Promise.all(calls)).toEqual([error, error])
    expect(busy.dispatcher.destroyed).toBe(true)
    await until(() => hanging.sockets.size === 0)
  })

  test('destroy without an error ends them with EVENKEEL_CLOSED, also after close', async () => {
    const { locator, requests } = await serve(hang)
    const { dispatcher } = open([locator])
    const call = failure(dispatcher.request({ origin, path: '/', method: 'GET' }))
    await until(() => requests.length === 1)
    const closing = dispatcher.close()
    await new Promise<void>((resolve) => void dispatcher.destroy(resolve))
    expect((await call).code).toBe('EVENKEEL_CLOSED')
    await closing
  })

  test('a dispatcher that made its own upstreams closes them, and no others', async () => {
    const resolver = manualResolver()
    const dispatcher = new BalancedDispatcher('user-service', { resolver })
    expect(resolver.watches).toBe(1)
    await dispatcher.close()
    expect(resolver.watches).toBe(0)
    const shared = open([], { resolver })
    await shared.dispatcher.close()
    expect(resolver.watches).toBe(1)
  })
})

describe('after its end nothing is left', () => {
  /** What keeps the process alive, apart from servers and from how this test waits. */
  function sockets(): readonly string[] {
    return process.getActiveResourcesInfo().filter((name) => /^(TCPSocket|TCPConnect|TLS)/.test(name))
  }

  const answers = [answerOk, status(503), hang, drop] as const
  const all = [
    { path: '/ok', options: { method: 'GET' } },
    { path: '/head', options: { method: 'HEAD' } },
    { path: '/post', options: { method: 'POST', body: 'x' } },
    { path: '/stream', options: { method: 'PUT', body: ['a', 'b'] } },
    { path: '/times', options: { method: 'GET', headersTimeout: 20 } },
    { path: '/call', options: { method: 'GET', evenkeel: { totalMs: 30 } } },
    { path: '/gone', options: { method: 'GET', signal: AbortSignal.abort() } },
  ] as const

  test.each(['close', 'destroy'] as const)(
    'no socket, timer or listener by %s, however its requests ended',
    async (end) => {
      const servers = await Promise.all(answers.map((answer) => serve(answer)))
      await until(() => sockets().length === 0)
      const clock = new CountingClock()
      const resolver = manualResolver()
      const locators = [...servers.map(({ locator }) => locator), await refusing()]
      resolver.set(locators)
      const field = open([], { resolver, clock, headMs: 40, policies: [roundRobin()], retry: { baseMs: 1, maxMs: 5 } })
      const calls = Array.from({ length: 5 }, () => all)
        .flat()
        .map(async ({ path, options }) => {
          const { body } = await field.dispatcher.request({ origin, path, ...options } as never)
          await body.dump()
        })
      const settled = Promise.allSettled(calls)
      if (end === 'destroy') {
        await until(() => servers.every(({ requests }) => requests.length > 0))
        expect(sockets().length).toBeGreaterThan(0)
        expect(clock.pending).toBeGreaterThan(0)
        await field.dispatcher.destroy()
      } else await settled
      await field.close()
      await Promise.allSettled(calls)
      expect(clock.pending).toBe(0)
      expect(resolver.watches).toBe(0)
      await until(() => servers.every((server) => server.sockets.size === 0))
      await until(() => sockets().length === 0)
    },
  )

  test('time-outs of ever new lengths leave a bounded number of timers, and none after the end', async () => {
    const clock = new CountingClock()
    const server = await serve()
    const field = open([server.locator], { clock })
    for (let calls = 0; calls < 200; calls++) {
      const options = { origin, path: '/', method: 'GET', headersTimeout: 60_000 + calls } as const
      await (await field.dispatcher.request(options)).body.dump()
    }
    expect(clock.pending).toBeLessThan(80)
    await field.close()
    expect(clock.pending).toBe(0)
  })

  test('an upgraded socket is its owner’s: it outlives the dispatcher and ends without a trace', async () => {
    const server = await serve()
    echoWebSockets(server)
    const field = open([server.locator])
    const socket = new WebSocket('ws://user-service/socket', { dispatcher: field.dispatcher })
    await once(socket, 'open')
    await field.close()
    socket.send('still there')
    const [message] = (await once(socket, 'message')) as [MessageEvent]
    expect(message.data).toBe('still there')
    socket.close()
    await once(socket, 'close')
    await until(() => server.sockets.size === 0)
  })
})

test('making twenty dispatchers for one target gives one warning', async () => {
  const warnings: WarningEvent[] = []
  const hear = (message: unknown): void => void warnings.push(message as WarningEvent)
  subscribe(events.warning.name, hear)
  onTestFinished(() => void unsubscribe(events.warning.name, hear))
  const resolver = manualResolver()
  for (let made = 0; made < 45; made++) await new BalancedDispatcher('short-lived-service', { resolver }).close()
  expect(warnings).toMatchObject([{ code: 'EVENKEEL_SHORT_LIVED', service: 'short-lived-service' }])
  expect(warnings[0]?.text).toContain('20 dispatchers were made for short-lived-service')
})
