import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import { failure, open, service, until } from '../testing/field.ts'
import { answerOk, drop, echo, hang, refusing, serve, serveRaw, status, type TestServer } from '../testing/servers.ts'

const origin = `http://${service}`
const fast = { retry: { baseMs: 1, maxMs: 1 } }

type Method = Dispatcher.HttpMethod

async function servers(...listeners: readonly RequestListener[]): Promise<readonly TestServer[]> {
  return Promise.all(listeners.map((listener) => serve(listener)))
}

function counts(all: readonly TestServer[]): readonly number[] {
  return all.map(({ requests }) => requests.length)
}

describe('a repeatable request is sent again', () => {
  const ways: readonly (readonly [string, RequestListener])[] = [
    ['after a lost connection', drop],
    ['after a head time-out', hang],
    ['after 502', status(502)],
    ['after 503', status(503)],
    ['after 504', status(504)],
    ['after 429 with Retry-After', status(429, { 'retry-after': '1' })],
  ]

  test.each(ways)('%s, and spends budget', async (_way, listener) => {
    const all = await servers(listener, answerOk)
    const field = open(
      all.map(({ locator }) => locator),
      { headMs: 500, ...fast },
    )
    const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, await body.text()]).toEqual([200, 'GET /'])
    expect(counts(all)).toEqual([1, 1])
    expect(field.dispatcher.inspect().budgetLeft).toBeLessThan(100)
    await until(() => field.inFlight === 0)
  })

  test.each<Method>(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'QUERY' as Method])('whose method is %s', async (method) => {
    const all = await servers(drop, status(200))
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method })
    await body.dump()
    expect([statusCode, ...counts(all)]).toEqual([200, 1, 1])
  })

  test.each<[string, object]>([
    ['an Idempotency-Key', { headers: { 'idempotency-key': 'a' } }],
    ['an Idempotency-Key among a list of headers', { headers: ['accept', '*/*', 'Idempotency-Key', 'a'] }],
    ['idempotent: true', { idempotent: true }],
  ])('whose method is POST, with %s', async (_name, options) => {
    const all = await servers(status(503), echo)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'text', ...options })
    expect([await body.text(), ...counts(all)]).toEqual(['text', 1, 1])
  })
})

describe('a request is not sent again', () => {
  test.each<[string, RequestListener, object, number]>([
    ['POST and the answer 503', status(503), { method: 'POST' }, 503],
    ['POST and the answer 429 with Retry-After', status(429, { 'retry-after': '0' }), { method: 'POST' }, 429],
    ['PATCH', status(502), { method: 'PATCH' }, 502],
    ['GET with idempotent: false', status(503), { method: 'GET', idempotent: false }, 503],
    ['GET and the answer 500', status(500), { method: 'GET' }, 500],
    ['GET and the answer 501', status(501), { method: 'GET' }, 501],
    ['GET and 429 without Retry-After', status(429), { method: 'GET' }, 429],
    ['GET and 429 with a Retry-After that is garbage', status(429, { 'retry-after': 'soon' }), { method: 'GET' }, 429],
    ['GET and the answer 404', status(404), { method: 'GET' }, 404],
  ])('when it is %s', async (_name, listener, options, code) => {
    const all = await servers(listener, answerOk)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const answer = await field.dispatcher.request({ origin, path: '/', ...options } as Dispatcher.RequestOptions & {
      origin: string
    })
    expect([answer.statusCode, await answer.body.text(), ...counts(all)]).toEqual([code, `status ${code}`, 1, 0])
    expect(field.inFlight).toBe(0)
  })
})

describe('how often', () => {
  test('at most three attempts; then the last answer reaches the caller whole, with its headers', async () => {
    const whole = 'evenkeel'.repeat(20_000)
    const unavailable: RequestListener = (request, response) => {
      request.resume()
      response.writeHead(503, { 'x-mine': 'yes' }).end(whole)
    }
    const all = await servers(unavailable, unavailable, unavailable, unavailable)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { statusCode, headers, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, headers['x-mine'], (await body.text()) === whole]).toEqual([503, 'yes', true])
    expect(counts(all)).toEqual([1, 1, 1, 0])
    await until(() => field.inFlight === 0)
  })

  test('at most three attempts that are lost; the error lists them', async () => {
    const all = await servers(drop, drop, drop, drop)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECTION_LOST', fate: 'maybe-processed' })
    expect(error.attempts.map(({ endpoint }) => endpoint)).toEqual(all.slice(0, 3).map(({ locator }) => locator))
    expect(counts(all)).toEqual([1, 1, 1, 0])
  })

  test('maxAttempts: 1 switches repeats off, moves not', async () => {
    const all = await servers(drop, answerOk)
    const field = open([await refusing(), ...all.map(({ locator }) => locator)], { retry: { maxAttempts: 1 } })
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error.attempts.map(({ code }) => code)).toEqual(['ECONNREFUSED', 'UND_ERR_SOCKET'])
    expect(counts(all)).toEqual([1, 0])
  })

  test('moves and repeats are counted apart', async () => {
    const all = await servers(drop, drop, answerOk)
    const gone = [await refusing(), await refusing(), await refusing()]
    const field = open([...gone, ...all.map(({ locator }) => locator)], fast)
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(await body.text()).toBe('GET /')
    expect(counts(all)).toEqual([1, 1, 1])
  })

  test('no budget, no repeat', async () => {
    const all = await servers(status(503), answerOk)
    const budget = { ratio: 0, minPerSecond: 0.2 }
    const field = open(
      all.map(({ locator }) => locator),
      { retry: { budget, baseMs: 1, maxMs: 1 }, guards: [] },
    )
    const codes: number[] = []
    for (let calls = 0; calls < 5; calls++) {
      const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
      await body.dump()
      codes.push(statusCode)
    }
    expect(codes).toEqual([200, 200, 503, 503, 503])
    expect(counts(all)).toEqual([5, 2])
  })

  test('a lone endpoint is asked again after the time that it named', async () => {
    let answers = 0
    const [only] = await servers((request, response) =>
      (answers++ === 0 ? status(503, { 'retry-after': '0' }) : answerOk)(request, response),
    )
    const field = open([only?.locator as string])
    const { statusCode } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, answers]).toEqual([200, 2])
  })

  test('an answer that asks for more time than the call has is the answer', async () => {
    const [only] = await servers(status(503, { 'retry-after': '60' }))
    const field = open([only?.locator as string], { totalMs: 5_000 })
    const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, await body.text()]).toEqual([503, 'status 503'])
  })

  test('an answer that asks for more time than an attempt has is the answer, when the call has no limit', async () => {
    const [only] = await servers(status(503, { 'retry-after': '3600' }))
    const field = open([only?.locator as string])
    const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, await body.text()]).toEqual([503, 'status 503'])
  })
})

describe('the body of a request that is sent again', () => {
  const kept = Buffer.alloc(65_536, 'evenkeel')

  async function* chunks(whole: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += 5_000) yield whole.subarray(at, at + 5_000)
  }

  test.each<[string, (whole: Buffer) => unknown]>([
    ['a Readable', (whole) => Readable.from(chunks(whole))],
    ['an async iterable', chunks],
    ['a Buffer', (whole) => whole],
    ['a string', (whole) => whole.toString()],
    ['a Blob', (whole) => new Blob([new Uint8Array(whole)])],
  ])('%s of 64 KiB is sent again intact, after it was sent whole', async (_name, make) => {
    const all = await servers(drop, status(503), echo)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'PUT', body: make(kept) as never })
    expect(Buffer.from(await body.arrayBuffer()).equals(kept)).toBe(true)
    expect(counts(all)).toEqual([1, 1, 1])
  })

  test('a body that is lost midway is sent again from its beginning', async () => {
    const raw = await serveRaw((socket) => socket.once('data', () => socket.destroy()))
    const [good] = await servers(echo)
    const field = open([raw.locator, good?.locator as string], fast)
    const body = Readable.from(chunks(kept))
    const answer = await field.dispatcher.request({ origin, path: '/', method: 'PUT', body })
    expect(Buffer.from(await answer.body.arrayBuffer()).equals(kept)).toBe(true)
  })

  test('a stream beyond 64 KiB is not sent again: its error or its answer is the caller’s', async () => {
    const larger = Buffer.concat([kept, Buffer.from('x')])
    for (const [listener, outcome] of [
      [drop, 'EVENKEEL_CONNECTION_LOST'],
      [status(503), 503],
    ] as const) {
      const all = await servers(listener, echo)
      const field = open(
        all.map(({ locator }) => locator),
        fast,
      )
      const call = field.dispatcher.request({ origin, path: '/', method: 'PUT', body: Readable.from(chunks(larger)) })
      if (typeof outcome === 'number') expect((await call).statusCode).toBe(outcome)
      else expect((await failure(call)).code).toBe(outcome)
      expect(counts(all)).toEqual([1, 0])
    }
  })

  test('keptBodyBytes moves the bound', async () => {
    const all = await servers(drop, echo)
    const field = open(
      all.map(({ locator }) => locator),
      { ...fast, keptBodyBytes: 10 },
    )
    const body = Readable.from(['more than ', 'ten bytes'])
    expect((await failure(field.dispatcher.request({ origin, path: '/', method: 'PUT', body }))).code).toBe(
      'EVENKEEL_CONNECTION_LOST',
    )
  })

  test('a server that answers 503 before it has read the body costs the caller nothing', async () => {
    const all = await servers((_request, response) => response.writeHead(503).end(), echo)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { statusCode, body } = await field.dispatcher.request({
      origin,
      path: '/',
      method: 'PUT',
      body: Readable.from(chunks(kept)),
    })
    expect(statusCode).toBe(200)
    expect(Buffer.from(await body.arrayBuffer()).equals(kept)).toBe(true)
    await until(() => field.inFlight === 0)
  })
})

test('headers that can be read only once are sent with every attempt', async () => {
  const keys: unknown[] = []
  const listener = (code: number): RequestListener => {
    const answer = status(code)
    return (request, response) => {
      keys.push(request.headers['x-key'])
      answer(request, response)
    }
  }
  const all = await servers(listener(503), listener(200))
  const field = open(
    all.map(({ locator }) => locator),
    fast,
  )
  const headers = new Map([
    ['x-key', 'a'],
    ['idempotency-key', 'b'],
  ]).entries()
  const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'POST', headers })
  await body.dump()
  expect([statusCode, keys]).toEqual([200, ['a', 'a']])
})

describe('the answer that is not passed on', () => {
  test('is read to its end, and its connection is used again', async () => {
    let answers = 0
    const [only] = await servers((request, response) => (answers++ === 0 ? status(503) : answerOk)(request, response))
    const field = open([only?.locator as string], fast)
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    await body.dump()
    expect(answers).toBe(2)
    expect(field.dispatcher.stats.connected).toBeLessThanOrEqual(2)
    await until(() => field.inFlight === 0)
  })

  test('is dropped with its connection when it is large', async () => {
    const all = await servers((_request, response) => response.writeHead(503).end(Buffer.alloc(10_000_000)), answerOk)
    const field = open(
      all.map(({ locator }) => locator),
      fast,
    )
    const { statusCode, body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    await body.dump()
    expect(statusCode).toBe(200)
    await until(() => field.inFlight === 0)
    await until(() => all[0]?.sockets.size === 0)
  })

  test('does not wait for a caller that has paused', async () => {
    const [bad, good] = await servers(status(503), answerOk)
    const field = open([bad?.locator as string, good?.locator as string], fast)
    const chunks: string[] = []
    await new Promise<void>((resolve, reject) => {
      field.dispatcher.dispatch(
        { origin, path: '/', method: 'GET' },
        {
          onRequestStart: (controller) => controller.pause(),
          onResponseStart: (controller) => controller.resume(),
          onResponseData: (_controller, chunk) => void chunks.push(String(chunk)),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    expect(chunks).toEqual(['GET /'])
    await until(() => field.inFlight === 0)
    // It was read to its end, so its connection is kept.
    expect(field.dispatcher.stats.free).toBe(2)
  })

  test('does not hold up the end of the dispatcher when it never ends', async () => {
    const [bad, good] = await servers((_request, response) => response.writeHead(503).write('never ends'), answerOk)
    const field = open([bad?.locator as string, good?.locator as string], fast)
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    await body.dump()
    expect(field.inFlight).toBe(1)
    await field.dispatcher.close()
    await until(() => bad?.sockets.size === 0 && field.inFlight === 0)
  })
})
