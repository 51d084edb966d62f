import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { type Dispatcher, FormData, fetch } from 'undici'
import { describe, expect, test } from 'vitest'
import { type Field, open, rejection, service, until } from '../testing/field.ts'
import { echo, serve, serveRaw } from '../testing/servers.ts'

const origin = `http://${service}`
const megabytes = 4 * 1_048_576

type Body = Dispatcher.RequestOptions['body']

/** No two parts are alike, so that a part that is lost, doubled or misplaced changes the sum. */
function bytes(length: number): Buffer {
  const block = createHash('sha512').update(String(length)).digest()
  const whole = Buffer.alloc(length)
  for (let at = 0; at < length; at += block.length) {
    block.writeUInt32LE(at, 0)
    block.copy(whole, at)
  }
  return whole
}

function sum(data: Buffer | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

async function* chunksOf(whole: Buffer, size = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

/** Answers with the sum of what came. */
const summing: RequestListener = (request, response) => {
  const hash = createHash('sha256')
  request.on('data', (chunk: Buffer) => hash.update(chunk))
  request.on('end', () => response.end(hash.digest('hex')))
}

async function post(field: Field, body: Body): Promise<string> {
  const answer = await field.dispatcher.request({ origin, path: '/', method: 'POST', body: body as never })
  return answer.body.text()
}

describe('bodies of requests arrive whole', () => {
  const large = bytes(megabytes)
  const small = Buffer.from('a small body, ümlauts included')

  const forms: readonly (readonly [string, (whole: Buffer) => Body])[] = [
    ['a Buffer', (whole) => whole],
    ['a typed array', (whole) => new Uint8Array(whole)],
    ['a string', (whole) => whole.toString('latin1')],
    ['a Readable', (whole) => Readable.from(chunksOf(whole))],
    ['a Readable that has ended already', (whole) => Readable.from([whole])],
    ['an async iterable', (whole) => chunksOf(whole) as unknown as Body],
    [
      'a generator',
      (whole) =>
        (function* () {
          for (let at = 0; at < whole.length; at += 10_000) yield whole.subarray(at, at + 10_000)
        })() as unknown as Body,
    ],
    ['a Blob', (whole) => new Blob([new Uint8Array(whole)]) as unknown as Body],
    ['a ReadableStream', (whole) => new Blob([new Uint8Array(whole)]).stream() as unknown as Body],
  ]

  test.each(forms)('%s, small and of 4 MB', async (name, make) => {
    const { locator } = await serve(summing)
    const field = open([locator])
    for (const whole of [small, large]) {
      const expected = name === 'a string' ? Buffer.from(whole.toString('latin1')) : whole
      expect(await post(field, make(whole))).toBe(sum(expected))
    }
    await until(() => field.inFlight === 0)
  })

  test('FormData, with undici’s own and through fetch', async () => {
    const { locator } = await serve((request, response) => {
      response.setHeader('content-type', request.headers['content-type'] ?? '')
      request.pipe(response)
    })
    const { dispatcher } = open([locator])
    const form = new FormData()
    form.set('field', 'value')
    form.set('file', new Blob([new Uint8Array(small)]) as never, 'name.txt')
    for (const answer of [
      await fetch(origin, { dispatcher, method: 'POST', body: form }),
      await fetch(origin, { dispatcher, method: 'PUT', body: form }),
    ]) {
      const back = await answer.formData()
      expect(back.get('field')).toBe('value')
      expect(Buffer.from(await (back.get('file') as File).arrayBuffer()).equals(small)).toBe(true)
    }
    const { body } = await dispatcher.request({ origin, path: '/', method: 'POST', body: form as never })
    expect(await body.text()).toContain('value')
  })

  test('a fetch with a streamed body', async () => {
    const { locator } = await serve(summing)
    const { dispatcher } = open([locator])
    const answer = await fetch(origin, {
      dispatcher,
      method: 'POST',
      body: chunksOf(large) as never,
      duplex: 'half',
    })
    expect(await answer.text()).toBe(sum(large))
  })

  test('a server that answers before it has read everything is heard, and the rest is not sent', async () => {
    const { locator } = await serve((_request, response) => response.writeHead(413).end('too much'))
    const field = open([locator])
    let finished = false
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.alloc(10_000)
      } finally {
        finished = true
      }
    }
    const answer = await field.dispatcher.request({ origin, path: '/', method: 'POST', body: endless() as never })
    expect([answer.statusCode, await answer.body.text()]).toEqual([413, 'too much'])
    await until(() => finished && field.inFlight === 0)
  })

  test('a body that fails fails the request with its own error, which is nobody else’s fault', async () => {
    const servers = [await serve(echo), await serve(echo)]
    const field = open(servers.map(({ locator }) => locator))
    const error = new Error('mine')
    async function* failing(): AsyncGenerator<string> {
      yield 'a part'
      throw error
    }
    for (const body of [failing(), Readable.from(failing())]) {
      const call = field.dispatcher.request({ origin, path: '/', method: 'PUT', body: body as never })
      expect(await rejection(call)).toBe(error)
    }
    expect(servers[1]?.requests).toEqual([])
    expect(field.inFlight).toBe(0)
    expect(field.dispatcher.inspect().budgetLeft).toBeGreaterThanOrEqual(100)
  })
})

describe('back-pressure', () => {
  test('a paused answer of 4 MB stops its server, and arrives whole once it is read', async () => {
    const whole = bytes(megabytes)
    const server = await serve((_request, response) => response.end(whole))
    const field = open([server.locator])
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    const [socket] = [...server.sockets] as [Socket]
    await steady(() => socket.writableLength)
    expect(socket.writableLength).toBeGreaterThan(megabytes / 8)
    expect(body.readableLength).toBeLessThan(megabytes / 8)
    expect(field.inFlight).toBe(1)
    expect(sum(Buffer.from(await body.arrayBuffer()))).toBe(sum(whole))
    expect(field.inFlight).toBe(0)
  })

  test('a server that does not read stops a body of 4 MB at its source', async () => {
    let begin: (request: IncomingMessage) => void = () => {}
    const arrived = new Promise<IncomingMessage>((resolve) => {
      begin = resolve
    })
    const { locator } = await serve((request, response) => {
      begin(request)
      request.once('law', () => summing(request, response))
    })
    const field = open([locator])
    const whole = bytes(4 * megabytes)
    let taken = 0
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of chunksOf(whole)) {
        taken += chunk.length
        yield chunk
      }
    }
    const answer = post(field, counted() as unknown as Body)
    const request = await arrived
    await steady(() => taken)
    // What the two kernels' buffers hold depends on the machine; without back-pressure it is all of it.
    expect(taken).toBeLessThan(whole.length)
    request.emit('law')
    expect(await answer).toBe(sum(whole))
  })

  test('a handler that pauses and resumes gets every byte, and nothing while it is paused', async () => {
    const whole = bytes(megabytes)
    const { locator } = await serve((_request, response) => response.end(whole))
    const { dispatcher } = open([locator])
    const chunks: Buffer[] = []
    let pauses = 0
    await new Promise<void>((resolve, reject) => {
      dispatcher.dispatch(
        { origin, path: '/', method: 'GET' },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData(controller, chunk) {
            if (controller.paused) reject(new Error('data while paused'))
            chunks.push(chunk)
            controller.pause()
            pauses++
            setImmediate(() => controller.resume())
          },
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    expect(pauses).toBeGreaterThan(10)
    expect(sum(Buffer.concat(chunks))).toBe(sum(whole))
  })

  test('a request that is paused before it is sent stays paused', async () => {
    const { locator } = await serve((_request, response) => response.end('text'))
    const field = open([])
    const heard: string[] = []
    let resume: () => void = () => {}
    const ended = new Promise<void>((resolve, reject) => {
      field.dispatcher.dispatch(
        { origin, path: '/', method: 'GET' },
        {
          onRequestStart(controller) {
            controller.pause()
            resume = () => controller.resume()
          },
          onResponseStart: () => void heard.push('head'),
          onResponseData: (_controller, chunk) => void heard.push(String(chunk)),
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    field.resolver.set(service, [locator])
    await until(() => heard.length > 0)
    await turns(10)
    expect(heard).toEqual(['head'])
    resume()
    await ended
    expect(heard).toEqual(['head', 'text'])
  })
})

describe('answers arrive as they were sent', () => {
  test('trailers', async () => {
    const { locator } = await serve((_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' })
      response.write('body')
      response.addTrailers({ 'x-sum': 'abc' })
      response.end()
    })
    const { dispatcher } = open([locator])
    const { body, trailers } = await dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(await body.text()).toBe('body')
    expect(trailers).toEqual({ 'x-sum': 'abc' })
  })

  test('informational heads, without ending the wait for the final one', async () => {
    const { locator } = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeProcessing()
      response.end('final')
    })
    const field = open([locator])
    const heads: unknown[] = []
    const answer = await field.dispatcher.request({
      origin,
      path: '/',
      method: 'GET',
      onInfo: ({ statusCode, headers }: { statusCode: number; headers: Record<string, unknown> }) =>
        heads.push([statusCode, headers.link]),
    } as Dispatcher.RequestOptions & { origin: string })
    expect([answer.statusCode, await answer.body.text()]).toEqual([200, 'final'])
    expect(heads).toEqual([
      [103, '</style.css>; rel=preload'],
      [102, undefined],
    ])
  })

  test('the controller has the raw headers and trailers', async () => {
    const { locator } = await serve((_request, response) => {
      response.sendDate = false
      response.writeHead(200, ['X-Mixed', '1', 'Trailer', 'X-End', 'Connection', 'keep-alive'])
      response.addTrailers({ 'X-End': '2' })
      response.end('x')
    })
    const { dispatcher } = open([locator])
    const raw: string[] = []
    await new Promise<void>((resolve, reject) => {
      dispatcher.dispatch(
        { origin, path: '/', method: 'GET' },
        {
          onRequestStart() {},
          onResponseStart: (controller) => void raw.push(String(controller.rawHeaders)),
          onResponseEnd(controller) {
            raw.push(String(controller.rawTrailers))
            resolve()
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
    expect(raw[0]).toContain('X-Mixed,1')
    expect(raw[1]).toBe('X-End,2')
  })

  test('HEAD, 204, 304 and an empty body', async () => {
    const { locator } = await serve((request, response) => {
      const code = Number(request.url?.slice(1))
      response.writeHead(code, code === 200 ? { 'content-length': '4' } : {})
      response.end(code === 200 && request.method !== 'HEAD' ? 'text' : undefined)
    })
    const field = open([locator])
    for (const [method, code, length] of [
      ['HEAD', 200, 0],
      ['GET', 204, 0],
      ['GET', 304, 0],
      ['GET', 201, 0],
      ['GET', 200, 4],
    ] as const) {
      const { statusCode, body } = await field.dispatcher.request({ origin, path: `/${code}`, method })
      expect([statusCode, (await body.text()).length]).toEqual([code, length])
    }
    expect(field.inFlight).toBe(0)
  })

  test('an answer without length that ends with its connection', async () => {
    const { locator } = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'))
    })
    const field = open([locator])
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(await body.text()).toBe('until the end')
    await until(() => field.inFlight === 0 && field.dispatcher.stats.connected === 0)
  })

  test('an upgraded socket carries bytes both ways, its first ones included', async () => {
    const server = await serve()
    server.server.on('upgrade', (_request: IncomingMessage, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: law\r\n\r\nfirst')
      socket.pipe(socket)
    })
    const field = open([server.locator])
    const { socket, headers } = await field.dispatcher.upgrade({
      origin,
      path: '/',
      method: 'GET',
      protocol: 'law',
    } as never)
    expect(headers).toMatchObject({ upgrade: 'law' })
    expect(String((await once(socket, 'data'))[0])).toBe('first')
    socket.write('second')
    expect(String((await once(socket, 'data'))[0])).toBe('second')
    expect(field.inFlight).toBe(1)
    socket.end()
    await until(() => field.inFlight === 0)
  })
})

/** Resolves when the value has not moved for many polls of the event loop: nothing more is on its way. */
async function steady(value: () => number): Promise<void> {
  let last = Number.NaN
  for (let still = 0; still < 200; still++) {
    if (value() !== last) still = 0
    last = value()
    await turns(1)
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
