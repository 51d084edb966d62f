import { inspect } from 'node:util'
import { createGzip } from 'node:zlib'
import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ApiAnswer, ApiFailure, ApiServer } from '../api-server.ts'
import { given } from '../credentials/given.ts'
import type { Credentials } from '../credentials.ts'
import { certificate } from '../testing/certificate.ts'
import {
  certificateOfAll,
  type Exchange,
  type Kind,
  rejection,
  relayTo,
  serve,
  silent,
  type TestServer,
  textOf,
  until,
} from '../testing/servers.ts'
import { connectedServer } from './connected-server.ts'

const token = 'a-token-that-is-nowhere-to-be-seen'
const headMs = 5_000

interface Field {
  readonly api: ApiServer
  readonly clock: FakeClock
  get(path?: string, signal?: AbortSignal): Promise<ApiAnswer>
}

function open(credentials: Credentials): Field {
  const clock = fakeClock(1_000)
  const api = connectedServer(credentials, clock)
  onTestFinished(() => api[Symbol.asyncDispose]())
  return { api, clock, get: (path = '/', signal = new AbortController().signal) => api.get({ path, headMs, signal }) }
}

function to({ url, authority }: Pick<TestServer, 'url' | 'authority'>): Field {
  return open(given({ url, token, certificateAuthority: authority }))
}

/** Begins an answer and leaves it open. */
function begin({ response }: Exchange): void {
  response.writeHead(200)
  response.write('begun')
}

async function failureOf(promise: Promise<unknown>): Promise<ApiFailure> {
  return (await rejection(promise)) as ApiFailure
}

describe.each(['http', 'https', 'h2'] as const)('over %s', (kind: Kind) => {
  test('an answer comes with status, headers and body, to who asked for JSON with a token', async () => {
    const server = await serve(kind, ({ response }) => {
      response.writeHead(404, { 'Retry-After': '7' })
      response.end('{"kind":"Status"}')
    })
    const { get, api } = to(server)
    const answer = await get('/apis?watch=1')
    expect([answer.status, answer.header('Retry-After'), answer.header('x-none')]).toEqual([404, '7', undefined])
    expect(await textOf(answer.body)).toBe('{"kind":"Status"}')
    expect(server.exchanges[0]?.path).toBe('/apis?watch=1')
    expect(server.exchanges[0]?.headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${token}`,
      'user-agent': expect.stringMatching(/^evenkeel-k8s-watch-resolver\/\d/),
    })
    expect(api.url).toBe(server.url)
  })

  test('the path of the URL is a prefix', async () => {
    const server = await serve(kind, ({ response }) => response.end('ok'))
    const { get } = to({ ...server, url: `${server.url}/clusters/one/` })
    await textOf((await get('/api')).body)
    expect(server.exchanges[0]?.path).toBe('/clusters/one/api')
  })

  test('each flushed part of a gzipped answer comes out at once', async () => {
    const zip = createGzip()
    const server = await serve(kind, ({ response }) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      zip.pipe(response)
    })
    const { get } = to(server)
    const asked = get()
    await until(() => server.exchanges.length === 1)
    const parts: string[] = []
    zip.write('first\n')
    zip.flush()
    for await (const part of (await asked).body) {
      parts.push(Buffer.from(part).toString())
      if (parts.length === 1) {
        zip.write('second\n')
        zip.flush()
      } else zip.end()
    }
    expect(parts).toEqual(['first\n', 'second\n'])
  })

  test('a gzipped answer that is cut short is no whole answer', async () => {
    const server = await serve(kind, ({ response }) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(Buffer.from('1f8b0800000000000003', 'hex'))
    })
    const { get } = to(server)
    expect((await failureOf(textOf((await get()).body))).kind).toBe('reset')
  })

  test('an answer that breaks in the middle throws after what came', async () => {
    const server = await serve(kind, begin)
    const { get } = to(server)
    const answer = await get()
    const parts: string[] = []
    const reading = (async () => {
      for await (const part of answer.body) {
        parts.push(Buffer.from(part).toString())
        server.exchanges[0]?.abort()
      }
    })()
    expect((await failureOf(reading)).kind).toBe('reset')
    expect(parts).toEqual(['begun'])
  })

  test('a connection that breaks in the middle of the body, and before its head, is a reset', async () => {
    const server = await serve(kind, (exchange) => exchange.path === '/body' && begin(exchange))
    const { get } = to(server)
    const answer = await get('/body')
    const waits = failureOf(get('/head'))
    await until(() => server.exchanges.length === 2)
    for (const socket of server.sockets) socket.destroy()
    expect((await failureOf(textOf(answer.body))).kind).toBe('reset')
    expect((await waits).kind).toBe('reset')
  })

  test('a server that is not there refuses', async () => {
    const server = await serve(kind, () => {})
    await server.close()
    const { get } = to(server)
    const failure = await failureOf(get())
    expect([failure.kind, (failure.cause as NodeJS.ErrnoException).code]).toEqual(['refused', 'ECONNREFUSED'])
  })

  test('a head that does not come in time fails the request and lets go', async () => {
    const server = await serve(kind, () => {})
    const { get, clock } = to(server)
    const failed = failureOf(get())
    await until(() => server.exchanges.length === 1)
    clock.advance(headMs - 1)
    clock.advance(1)
    expect(await failed).toMatchObject({ kind: 'timeout', message: 'no answer within 5000 ms' })
    if (kind !== 'h2') await until(() => server.sockets.size === 0)
  })

  test('the limit for the head does not limit the body', async () => {
    const server = await serve(kind, begin)
    const { get, clock } = to(server)
    const answer = await get()
    clock.advance(headMs * 2)
    server.exchanges[0]?.response.end(' ended')
    expect(await textOf(answer.body)).toBe('begun ended')
  })

  test('a signal that has aborted asks nothing, and its reason is what is thrown', async () => {
    const server = await serve(kind, begin)
    const { get } = to(server)
    expect(await rejection(get('/', AbortSignal.abort('over')))).toBe('over')
    expect(server.accepted).toBe(0)
  })

  test('a signal ends the request while it connects, while it waits for the head and in the body', async () => {
    const server = await serve(kind, (exchange) => exchange.path === '/body' && begin(exchange))
    const { get, clock } = to(server)
    const connecting = new AbortController()
    const first = rejection(get('/connecting', connecting.signal))
    connecting.abort('while connecting')
    expect(await first).toBe('while connecting')

    const waiting = new AbortController()
    const second = rejection(get('/head', waiting.signal))
    await until(() => server.exchanges.some(({ path }) => path === '/head'))
    waiting.abort('while waiting')
    expect(await second).toBe('while waiting')

    const reading = new AbortController()
    const { body } = await get('/body', reading.signal)
    const third = rejection(textOf(body))
    reading.abort('while reading')
    expect(await third).toBe('while reading')

    // HTTP/2 keeps one idle connection, HTTP/1.1 has none left that could be used again.
    await until(() => server.sockets.size <= (kind === 'h2' ? 1 : 0))
    clock.advance(30_000)
    await until(() => server.sockets.size === 0)
  })

  test('a body that is never read ends with the signal', async () => {
    const server = await serve(kind, begin)
    const { get } = to(server)
    const control = new AbortController()
    const { body } = await get('/', control.signal)
    control.abort('unread')
    expect(await rejection(textOf(body))).toBe('unread')
  })

  test('a reader that breaks off lets go of the answer', async () => {
    let closed = 0
    const server = await serve(kind, (exchange) => {
      exchange.response.on('close', () => closed++)
      begin(exchange)
    })
    const { get } = to(server)
    for await (const part of (await get()).body) {
      expect(Buffer.from(part).toString()).toBe('begun')
      break
    }
    await until(() => closed === 1)
  })

  test('bytes move aliveAt', async () => {
    const server = await serve(kind, begin)
    const { get, clock } = to(server)
    const answer = await get()
    const parts = answer.body[Symbol.asyncIterator]()
    await parts.next()
    expect(answer.aliveAt).toBe(1_000)
    clock.advance(20_000)
    expect(answer.aliveAt).toBe(1_000)
    server.exchanges[0]?.response.write('more')
    await parts.next()
    expect(answer.aliveAt).toBe(21_000)
  })

  test('disposing fails what runs and leaves no socket and no timer', async () => {
    const server = await serve(kind, (exchange) => exchange.path !== '/head' && begin(exchange))
    const { get, api, clock } = to(server)
    const { body } = await get()
    const reading = failureOf(textOf(body))
    const waiting = failureOf(get('/head'))
    await until(() => server.exchanges.length === 2)
    const connecting = failureOf(get('/connecting'))
    await api[Symbol.asyncDispose]()
    expect([(await reading).kind, (await waiting).kind, (await connecting).kind]).toEqual([
      'closed',
      'closed',
      'closed',
    ])
    expect((await failureOf(get())).kind).toBe('closed')
    await until(() => server.sockets.size === 0)
    expect(clock.pending).toBe(0)
    await api[Symbol.asyncDispose]()
  })

  test('many requests at once are answered, each with its own', async () => {
    const server = await serve(kind, ({ path, response }) => response.end(path))
    const { get } = to(server)
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`)
    const texts = await Promise.all(paths.map(async (path) => textOf((await get(path)).body)))
    expect(texts).toEqual(paths)
    if (kind === 'h2') expect(server.accepted).toBe(1)
  })

  test('a large answer comes whole', async () => {
    const large = Buffer.alloc(9_000_000, 'evenkeel')
    const server = await serve(kind, ({ response }) => response.end(large))
    const { get } = to(server)
    expect((await textOf((await get()).body)).length).toBe(large.length)
  })
})

test.each(['http', 'https'] as const)(
  'what accepts %s and says nothing is given up with the request',
  async (scheme) => {
    const server = await silent()
    const { get, clock } = to({ url: `${scheme}://127.0.0.1:${server.port}`, authority: certificateOfAll.cert })
    const failed = failureOf(get())
    await until(() => server.sockets.size === 1)
    clock.advance(headMs)
    expect((await failed).kind).toBe('timeout')
    if (scheme === 'https') await until(() => server.sockets.size === 0)
  },
)

test('a connection that does not come about within 30 s is given up, whatever the request would wait for', async () => {
  const server = await silent()
  const { api, clock } = to({ url: `https://127.0.0.1:${server.port}`, authority: certificateOfAll.cert })
  const failed = failureOf(api.get({ path: '/', headMs: 600_000, signal: new AbortController().signal }))
  await until(() => server.sockets.size === 1)
  clock.advance(30_000)
  expect(await failed).toMatchObject({ kind: 'timeout', message: 'no connection within 30 s' })
  await until(() => server.sockets.size === 0)
})

describe('TLS', () => {
  test.each(['https', 'h2'] as const)('over %s a certificate of another authority is refused', async (kind) => {
    const server = await serve(kind, begin)
    const { get } = to({ ...server, authority: certificate().cert })
    expect((await failureOf(get())).kind).toBe('tls')
  })
})

describe('HTTP/2', () => {
  const pinged = 30_000
  const deadline = 15_000

  test('a quiet connection is pinged after 30 s, and its answer moves aliveAt', async () => {
    const server = await serve('h2', begin)
    const { get, clock } = to(server)
    const answer = await get()
    clock.advance(pinged - 1)
    expect(answer.aliveAt).toBe(1_000)
    clock.advance(1)
    await until(() => answer.aliveAt === 31_000)
    // 15 s later the answer is found to be there, and 30 s after it comes the next ping.
    clock.advance(deadline)
    clock.advance(pinged - deadline)
    await until(() => answer.aliveAt === 61_000)
    clock.advance(deadline)
    server.exchanges[0]?.response.end(' ended')
    expect(await textOf(answer.body)).toBe('begun ended')
  })

  test('a ping that is not answered within 15 s fails every stream, and the next request gets a new connection', async () => {
    const server = await serve('h2', (exchange) => exchange.path !== '/head' && begin(exchange))
    const relay = await relayTo(server.port)
    const { api, get, clock } = to({ ...server, url: `https://127.0.0.1:${relay.port}` })
    const answers = [await get('/one'), await get('/two')]
    const bodies = answers.map(({ body }) => failureOf(textOf(body)))
    bodies.push(failureOf(api.get({ path: '/head', headMs: 60_000, signal: new AbortController().signal })))
    await until(() => server.exchanges.length === 3)
    relay.freeze()
    clock.advance(pinged)
    clock.advance(deadline - 1)
    expect(server.sessions.size).toBe(1)
    clock.advance(1)
    for (const failure of await Promise.all(bodies))
      expect(failure).toMatchObject({ kind: 'timeout', message: 'a ping was not answered within 15 s' })
    expect(clock.pending).toBe(0)
    expect((await get('/three')).status).toBe(200)
    expect(server.accepted).toBe(2)
  })

  test('after a goodbye running streams go on, and new requests get a new connection', async () => {
    const server = await serve('h2', begin)
    const { get } = to(server)
    const answer = await get()
    for (const session of server.sessions) session.goaway(0)
    const second = await get('/second')
    expect(server.accepted).toBe(2)
    await until(() => server.exchanges.length === 2)
    server.exchanges[0]?.response.end(' ended')
    expect(await textOf(answer.body)).toBe('begun ended')
    server.exchanges[1]?.response.end(' too')
    expect(await textOf(second.body)).toBe('begun too')
  })

  test('an answer that came whole is whole, also when its connection has gone before it is read', async () => {
    const server = await serve('h2', ({ response }) => {
      response.on('finish', () => {
        for (const session of server.sessions) session.close()
      })
      response.end('ok')
    })
    const { get } = to(server)
    const answer = await get()
    await until(() => server.sockets.size === 0)
    expect(await textOf(answer.body)).toBe('ok')
  })

  test('a connection per so many streams as the server takes at once', async () => {
    const server = await serve('h2', begin, { settings: { maxConcurrentStreams: 3 } })
    const { get } = to(server)
    const answers = await Promise.all(Array.from({ length: 7 }, (_, index) => get(`/${index}`)))
    expect(server.accepted).toBe(3)
    for (const { response } of server.exchanges) response.end()
    await Promise.all(answers.map(({ body }) => textOf(body)))
  })

  test('a server that takes no stream is told of, not asked for ever', async () => {
    const server = await serve('h2', begin, { settings: { maxConcurrentStreams: 0 } })
    const { get } = to(server)
    expect((await failureOf(get())).kind).toBe('reset')
    expect(server.accepted).toBe(1)
  })

  test('an idle connection is used again within 30 s and closed after them', async () => {
    const server = await serve('h2', ({ response }) => response.end('ok'))
    const { get, clock } = to(server)
    await textOf((await get()).body)
    clock.advance(29_999)
    await textOf((await get()).body)
    expect(server.accepted).toBe(1)
    clock.advance(30_000)
    await until(() => server.sockets.size === 0)
    expect(clock.pending).toBe(0)
  })

  test('a server that speaks HTTP/1.1 alone is spoken to so, on the connection that is there', async () => {
    const server = await serve('https', ({ response }) => response.end('ok'))
    const { get } = to(server)
    await textOf((await get()).body)
    expect(server.accepted).toBe(1)
  })

  test('a connection that is given up by one that waits goes on for the others', async () => {
    const server = await serve('h2', ({ response }) => response.end('ok'))
    const { get } = to(server)
    const control = new AbortController()
    const first = rejection(get('/', control.signal))
    const second = get()
    await until(() => server.accepted === 1)
    control.abort('not I')
    expect(await first).toBe('not I')
    expect((await second).status).toBe(200)
    expect(server.accepted).toBe(1)
  })
})

describe('the token', () => {
  test.each(['http', 'https', 'h2'] as const)('over %s shows in no object and no error', async (kind) => {
    const server = await serve(kind, (exchange) => {
      if (exchange.path === '/body') begin(exchange)
      if (exchange.path === '/drop') exchange.abort()
    })
    const field = to(server)
    const answer = await field.get('/body')
    const reading = failureOf(textOf(answer.body))
    const late = failureOf(field.get('/late'))
    const seen: unknown[] = [field.api, answer, answer.body, await failureOf(field.get('/drop'))]
    await until(() => server.exchanges.length === 3)
    field.clock.advance(headMs)
    seen.push(await late)
    for (const socket of server.sockets) socket.destroy()
    seen.push(await reading)
    await server.close()
    seen.push(await failureOf(field.get()))
    await field.api[Symbol.asyncDispose]()
    seen.push(field.api, await failureOf(field.get()))
    for (const one of [...seen.map(show), ...seen.map((thing) => JSON.stringify(thing))])
      expect(one).not.toContain(token)
  })

  test('that cannot be sent is not quoted', async () => {
    const server = await serve('http', begin)
    const { get } = open(given({ url: server.url, token: `${token}\n` }))
    const failure = await failureOf(get())
    expect(failure).toMatchObject({ kind: 'credentials', message: expect.stringContaining('authorization') })
    expect(show(failure)).not.toContain(token)
  })
})

function show(thing: unknown): string {
  const stack = thing instanceof Error ? thing.stack : ''
  return `${inspect(thing, { depth: 20, showHidden: true, maxStringLength: null })}${stack}`
}
