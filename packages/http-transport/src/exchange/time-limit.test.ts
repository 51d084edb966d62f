import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { consecutiveFailures } from '@evenkeel/core'
import { certificateFor, type TestCertificate } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failure, open, service, until } from '../testing/field.ts'
import { answerOk, drop, hang, refusing, serve, serveRaw, status } from '../testing/servers.ts'

const origin = `http://${service}`
const fast = { retry: { baseMs: 1, maxMs: 1 } }
const noRepeats = { retry: { maxAttempts: 1 } }

/** A listener whose backlog is full: the kernel drops every further SYN. Nobody accepts, since its thread sleeps for ever. */
async function fullBacklog(): Promise<string> {
  const worker = new Worker(
    `const { createServer } = require('node:net')
     const { parentPort } = require('node:worker_threads')
     const server = createServer()
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
     })`,
    { eval: true },
  )
  const [port] = (await once(worker, 'message')) as [number]
  const fillers: Socket[] = []
  onTestFinished(async () => {
    for (const filler of fillers) filler.destroy()
    await worker.terminate()
  })
  // A backlog of 1 holds two connections; the third handshake hangs.
  for (let filled = 0; filled < 2; filled++) {
    const filler = connect(port, '127.0.0.1')
    filler.on('error', () => {})
    fillers.push(filler)
    await once(filler, 'connect')
  }
  return `127.0.0.1:${port}`
}

describe('connectMs', () => {
  test('a connection that does not come about fails unprocessed, and a POST moves', async () => {
    const full = await fullBacklog()
    const good = await serve()
    const field = open([full, good.locator], { connectMs: 100 })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'POST' })
    expect(await body.text()).toBe('POST /')
    const others = [await refusing(), await refusing(), await refusing()]
    const alone = open([...others, full], { connectMs: 100 })
    const error = await failure(alone.dispatcher.request({ origin, path: '/', method: 'POST' }))
    expect(error).toMatchObject({
      code: 'EVENKEEL_CONNECT_TIMEOUT',
      fate: 'unprocessed',
      fault: 'network',
      endpoint: full,
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    })
    expect(error.attempts[3]).toMatchObject({ endpoint: full, phase: 'connect', code: 'UND_ERR_CONNECT_TIMEOUT' })
    expect(error.attempts[3]?.ms).toBeGreaterThanOrEqual(99)
  })

  test('the head time-out covers connecting, and what was never sent moves', async () => {
    const full = await fullBacklog()
    const good = await serve()
    const field = open([full, good.locator], { connectMs: 60_000, headMs: 100 })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'POST' })
    expect(await body.text()).toBe('POST /')
    await until(() => field.inFlight === 0)
  })
})

describe('headMs', () => {
  test('runs per attempt, and its error says where the time went', async () => {
    const all = [await serve(hang), await serve(hang), await serve(hang)]
    const field = open(
      all.map(({ locator }) => locator),
      { headMs: 50, ...fast },
    )
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_HEAD_TIMEOUT', fate: 'maybe-processed', fault: 'endpoint', service })
    expect(error.attempts.map(({ endpoint, phase, code }) => [endpoint, phase, code])).toEqual(
      all.map(({ locator }) => [locator, 'head', 'EVENKEEL_HEAD_TIMEOUT']),
    )
    for (const { ms } of error.attempts) expect(ms).toBeGreaterThanOrEqual(49)
    await until(() => all.every(({ sockets }) => sockets.size === 0))
  })

  test('a POST that had its time fails, and is sent once', async () => {
    const all = [await serve(hang), await serve()]
    const field = open(
      all.map(({ locator }) => locator),
      { headMs: 50 },
    )
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'POST', body: 'x' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_HEAD_TIMEOUT', fate: 'maybe-processed' })
    expect(all[1]?.requests).toEqual([])
  })

  test('includes waiting for an endpoint', async () => {
    const busy = await serve(hang)
    const field = open([busy.locator], { headMs: 60_000, connections: { perPeer: 1 } })
    void field.dispatcher.request({ origin, path: '/a', method: 'POST' }).catch(() => {})
    await until(() => busy.requests.length === 1)
    const error = await failure(field.dispatcher.request({ origin, path: '/b', method: 'POST', headersTimeout: 50 }))
    expect(error).toMatchObject({ code: 'EVENKEEL_DEADLINE', fate: 'unprocessed', attempts: [] })
    expect([field.waiting, field.inFlight]).toEqual([0, 1])
  })

  test('the headersTimeout of a request overrides it, in both directions', async () => {
    const silent = await serve(hang)
    const patient = open([silent.locator], { headMs: 60_000, ...noRepeats })
    const short = { origin, path: '/', method: 'GET', headersTimeout: 50 } as const
    expect((await failure(patient.dispatcher.request(short))).code).toBe('EVENKEEL_HEAD_TIMEOUT')
    let answer: () => void = () => {}
    const slow = await serve((_request, response) => {
      answer = () => response.end('late')
    })
    const impatient = open([slow.locator], { headMs: 20, totalMs: 5_000, ...noRepeats })
    const long = impatient.dispatcher.request({ origin, path: '/', method: 'GET', headersTimeout: 0 })
    const other = failure(impatient.dispatcher.request({ origin, path: '/other', method: 'GET' }))
    // The other one, sent later, has had its time: this one would have, too.
    await other
    answer()
    await until(() => slow.requests.length === 2)
    const first = slow.requests.indexOf('GET /')
    expect(first).toBeGreaterThanOrEqual(0)
    await Promise.race([long, impatient.dispatcher.destroy()]).catch(() => {})
  })

  test('an informational head does not end it, the final head does', async () => {
    let finish: () => void = () => {}
    const informing = await serve((_request, response) => void response.writeProcessing())
    const answering = await serve((_request, response) => {
      response.writeHead(200).write('begun ')
      finish = () => response.end('ended')
    })
    const field = open([informing.locator, answering.locator], { headMs: 50, ...fast })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(informing.requests.length).toBe(1)
    // Another request has its time meanwhile: the answer's body is beyond it.
    const other = open([(await serve(hang)).locator], { headMs: 100, ...noRepeats })
    await failure(other.dispatcher.request({ origin, path: '/', method: 'GET' }))
    finish()
    expect(await body.text()).toBe('begun ended')
  })

  test('a head that comes in time leaves no timer that ends a later attempt', async () => {
    const server = await serve()
    const field = open([server.locator], { headMs: 60 })
    for (let calls = 0; calls < 100; calls++) {
      const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
      await body.dump()
    }
    expect(server.requests.length).toBe(100)
  })
})

describe('totalMs', () => {
  test('runs over all attempts and their back-offs', async () => {
    const all = [await serve(drop), await serve(hang)]
    const field = open(
      all.map(({ locator }) => locator),
      { totalMs: 150, ...fast },
    )
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'GET' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_DEADLINE', fate: 'maybe-processed', cause: { name: 'TimeoutError' } })
    expect(error.attempts.map(({ code }) => code)).toEqual(['UND_ERR_SOCKET', 'EVENKEEL_DEADLINE'])
    expect(field.inFlight).toBe(0)
    await until(() => all[1]?.sockets.size === 0)
  })

  test('ends a back-off', async () => {
    const only = await serve(status(503, { 'retry-after': '1' }))
    const field = open([only.locator], { totalMs: 1_200, retry: { maxAttempts: 10 } })
    const { statusCode } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect([statusCode, only.requests.length]).toEqual([503, 2])
  })

  test('ends the wait for the first list', async () => {
    const { manualResolver } = await import('@evenkeel/core/testing')
    const field = open([], { resolver: manualResolver(), totalMs: 50 })
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'POST' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_DEADLINE', fate: 'unprocessed', attempts: [] })
  })

  test('a request that waits after an attempt that may have been processed may have been processed', async () => {
    const bad = await serve(drop)
    const field = open([bad.locator], { totalMs: 200, ...fast })
    bad.server.once('request', () => field.resolver.set(service, []))
    const error = await failure(field.dispatcher.request({ origin, path: '/', method: 'PUT' }))
    expect(error).toMatchObject({ code: 'EVENKEEL_DEADLINE', fate: 'maybe-processed' })
    expect(error.attempts.length).toBe(1)
  })

  test('ends with the head: a body may take longer', async () => {
    let finish: () => void = () => {}
    const { locator } = await serve((_request, response) => {
      response.writeHead(200).write('begun ')
      finish = () => response.end('ended')
    })
    const { dispatcher } = open([locator], { totalMs: 60 })
    const { body } = await dispatcher.request({ origin, path: '/', method: 'GET' })
    // Another request has its time meanwhile.
    const other = open([(await serve(hang)).locator], { totalMs: 90 })
    await failure(other.dispatcher.request({ origin, path: '/', method: 'GET' }))
    finish()
    expect(await body.text()).toBe('begun ended')
  })

  test('of a request overrides that of the dispatcher', async () => {
    const { locator } = await serve(hang)
    const { dispatcher } = open([locator], { totalMs: 60_000 })
    const options = { origin, path: '/', method: 'GET', evenkeel: { totalMs: 50 } } as const
    expect((await failure(dispatcher.request(options))).code).toBe('EVENKEEL_DEADLINE')
  })
})

describe('bodyMs', () => {
  test('a body that stops fails, answered', async () => {
    const { locator } = await serve((_request, response) => response.writeHead(200).write('a part'))
    const field = open([locator], { bodyMs: 100 })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    const error = await failure(body.text())
    expect(error).toMatchObject({
      code: 'EVENKEEL_BODY_TIMEOUT',
      fate: 'answered',
      fault: 'endpoint',
      endpoint: locator,
    })
    expect(error.attempts).toMatchObject([{ phase: 'body', code: 'UND_ERR_BODY_TIMEOUT' }])
    expect(field.inFlight).toBe(0)
  })
})

describe('a stall of this process is not blamed on the endpoint', () => {
  const stallMs = 400

  function stall(): void {
    const end = performance.now() + stallMs
    while (performance.now() < end);
  }

  /** The callback runs in an I/O callback, while answers are on their way. */
  async function inIo(run: () => void): Promise<void> {
    const server = createServer((socket) => socket.end('x'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await new Promise<void>((resolve) => {
      socket.once('data', () => {
        run()
        resolve()
      })
    })
    socket.destroy()
    server.close()
  }

  const places: readonly (readonly [string, (run: () => void) => Promise<void>])[] = [
    ['a timer', (run) => new Promise((resolve) => setTimeout(() => resolve(run()), 1))],
    ['an I/O callback', inIo],
    ['setImmediate', (run) => new Promise((resolve) => setImmediate(() => resolve(run())))],
    ['a microtask after I/O', (run) => inIo(() => queueMicrotask(run))],
  ]

  // One failure would shut an endpoint, since there is another.
  const strict = { guards: [consecutiveFailures({ failures: 1 })] }

  /** A server in a thread of its own, which answers during the stall. Says on `message` that it was asked. */
  async function elsewhere(
    tls?: TestCertificate,
  ): Promise<{ readonly locator: string; readonly asked: () => Promise<unknown> }> {
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
       const { createServer } = require(workerData.module)
       const server = createServer({ ...workerData.tls }, (request, response) => {
         parentPort.postMessage('asked')
         setTimeout(() => response.end('in time'), 50)
       })
       server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
      { eval: true, workerData: { module: tls === undefined ? 'node:http' : 'node:https', tls } },
    )
    onTestFinished(async () => void (await worker.terminate()))
    const [port] = (await once(worker, 'message')) as [number]
    return { locator: `127.0.0.1:${port}`, asked: () => once(worker, 'message') }
  }

  test.each(places)(
    'when it is in %s: the answer arrives, nobody is shut, no budget is spent',
    async (_name, within) => {
      const { locator, asked } = await elsewhere()
      const other = await serve()
      const field = open([locator, other.locator], { headMs: 150, ...strict })
      const before = field.dispatcher.inspect().budgetLeft
      const call = field.dispatcher.request({ origin, path: '/', method: 'POST' })
      await asked()
      await within(stall)
      const { statusCode, body } = await call
      expect([statusCode, await body.text()]).toEqual([200, 'in time'])
      expect(field.peers.map(({ standing, inFlight }) => [standing, inFlight])).toEqual([
        ['open', 0],
        ['open', 0],
      ])
      expect(field.dispatcher.inspect().budgetLeft).toBeGreaterThanOrEqual(before)
      expect(other.requests).toEqual([])
    },
  )

  test.each(['http', 'https'])(
    'while it connects by %s: the connection comes about, and nobody is shut',
    async (scheme) => {
      const certificate = certificateFor(service)
      const { locator } = await elsewhere(scheme === 'http' ? undefined : certificate)
      const other = await serve()
      const field = open([locator, other.locator], { connectMs: 100, connect: { ca: certificate.cert }, ...strict })
      const call = field.dispatcher.request({ origin: `${scheme}://${service}`, path: '/', method: 'POST' })
      stall()
      expect(await (await call).body.text()).toBe('in time')
      expect(field.peers.map(({ standing }) => standing)).toEqual(['open', 'open'])
      expect(other.requests).toEqual([])
    },
  )

  test('an endpoint that is silent during a stall gets its time, at most twice of it, and is not shut', async () => {
    const silent = await serve(hang)
    const other = await serve()
    const field = open([silent.locator, other.locator], { headMs: 150, ...strict })
    const call = failure(field.dispatcher.request({ origin, path: '/', method: 'POST' }))
    await until(() => silent.requests.length === 1)
    await inIo(stall)
    const error = await call
    expect(error).toMatchObject({ code: 'EVENKEEL_CALLER_EXHAUSTED', fault: 'caller', fate: 'maybe-processed' })
    expect(error.loopLagMs).toBeGreaterThan(stallMs / 2)
    expect(field.peers.map(({ standing }) => standing)).toEqual(['open', 'open'])
  })

  test('without a stall the same silence shuts it', async () => {
    const silent = await serve(hang)
    const field = open([silent.locator, (await serve()).locator], { headMs: 100, ...strict })
    await failure(field.dispatcher.request({ origin, path: '/', method: 'POST' }))
    expect(field.peers.map(({ standing }) => standing)).toEqual(['shut', 'open'])
  })
})

test('a listener that accepts and says nothing is not waited for longer than the head has', async () => {
  const raw = await serveRaw((socket) => void socket.resume())
  const gone = await refusing()
  const field = open([gone, raw.locator, (await serve(answerOk)).locator], { headMs: 50, ...fast })
  const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
  expect(await body.text()).toBe('GET /')
  await until(() => raw.sockets.size === 0)
})
