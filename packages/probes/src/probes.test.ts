import { EventEmitter, once } from 'node:events'
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { parseLoadReport } from '@evenkeel/core'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { afterEach, describe, expect, test } from 'vitest'
import type { DrainNotice, DrainReport } from './leaving/drain.ts'
import type { HostProcess } from './leaving/signals.ts'
import type { ProbesOptions } from './options.ts'
import { type Probes, probes } from './probes.ts'

/** A process that is none: signals are emitted, ends and warnings are kept. */
class FakeProcess extends EventEmitter implements HostProcess {
  readonly exits: (number | undefined)[] = []
  readonly warnings: Error[] = []

  exit(code?: number): void {
    this.exits.push(code)
  }

  uptime(): number {
    return 12.5
  }

  emitWarning(warning: Error): void {
    this.warnings.push(warning)
  }
}

interface Bench {
  readonly clock: FakeClock
  readonly host: FakeProcess
  readonly server: Server
  readonly health: Probes
  readonly port: number
  readonly own: number
  /** Requests to `/hold`, in their order. */
  readonly held: readonly ServerResponse[]
}

const cleanUp: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const run of cleanUp.splice(0)) await run()
})

async function bench(options: Omit<ProbesOptions, 'servers'> = {}, listener?: RequestListener): Promise<Bench> {
  const clock = fakeClock()
  const host = new FakeProcess()
  const held: ServerResponse[] = []
  const server = createServer(
    listener ??
      ((request, response) => {
        if (request.url === '/hold') held.push(response)
        else response.end('answer')
      }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const health = probes({ clock, random: seededRandom(1), process: host, servers: [server], ...options })
  const { port: own } = await health.listen(0, '127.0.0.1')
  cleanUp.push(async () => {
    await health.close()
    server.close().closeAllConnections()
  })
  return { clock, host, server, health, held, own, port: (server.address() as AddressInfo).port }
}

async function ask(
  port: number,
  path: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly body: string; readonly headers: Headers }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
  return { status: response.status, headers: response.headers, body: await response.text() }
}

/** A request that the server has, and that it holds. */
async function hold({
  port,
  held,
}: Bench): Promise<{ readonly answer: Promise<IncomingMessage>; readonly lost: Promise<Error> }> {
  const before = held.length
  const request = get({ port, path: '/hold', agent: false })
  const lost = once(request, 'error').then(([error]) => error as Error)
  const answer = once(request, 'response').then(([response]) => response as IncomingMessage)
  answer.catch(() => undefined)
  lost.catch(() => undefined)
  while (held.length === before) await turn()
  return { answer, lost }
}

/** One turn of the real event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets the drain look until it has come to an end. */
async function settled(clock: FakeClock, drained: Promise<DrainReport>): Promise<DrainReport> {
  let report: DrainReport | undefined
  void drained.then((value) => {
    report = value
  })
  while (report === undefined) {
    clock.advance()
    await turn()
  }
  return report
}

describe('start-up', () => {
  // S-01
  test('holds back readiness and not liveness until it is marked complete', async () => {
    const { health, own } = await bench({ startup: 'manual' })
    const statuses = async (): Promise<readonly number[]> =>
      await Promise.all(['/startupz', '/livez', '/readyz'].map(async (path) => (await ask(own, path)).status))
    expect(await statuses()).toEqual([503, 200, 503])
    expect(health.status().phase).toBe('starting')
    health.started()
    expect(await statuses()).toEqual([200, 200, 200])
    expect(health.status().phase).toBe('serving')
  })

  test('is complete once all servers listen, and stays so when they stop', async () => {
    const [first, second] = [createServer(), createServer()]
    const health = probes({ servers: [first, second], process: new FakeProcess(), clock: fakeClock() })
    for (const server of [first, second]) {
      expect(health.status().phase).toBe('starting')
      await once(server.listen(0, '127.0.0.1'), 'listening')
    }
    expect(health.status().phase).toBe('serving')
    await Promise.all([first, second].map((server) => once(server.close(), 'close')))
    expect(health.status().phase).toBe('serving')
    await health.close()
  })
})

describe('checks', () => {
  // S-11
  test('make the process not ready and never dead, and their messages stay inside', async () => {
    const down = Object.assign(new Error('connect to postgres://user:secret@10.0.0.9 failed'), { code: 'ECONNREFUSED' })
    const { own } = await bench({ checks: { database: () => Promise.reject(down), cache: () => 'pong' } })
    expect(await ask(own, '/livez')).toMatchObject({ status: 200, body: 'ok\n' })
    expect(await ask(own, '/readyz')).toMatchObject({ status: 503, body: 'bad database: ECONNREFUSED after 0 ms\n' })
    expect((await ask(own, '/readyz?verbose')).body).toBe(
      [
        'ok  startup: complete',
        'ok  drain: serving',
        'ok  backlog: 0 in flight, loop lag 0 ms',
        'bad database: ECONNREFUSED after 0 ms',
        'ok  cache: 0 ms',
        '',
      ].join('\n'),
    )
  })

  test('are asked for a verbose answer even if the process is not ready anyway, and only then', async () => {
    let asked = 0
    const { own } = await bench({
      startup: 'manual',
      checks: {
        cache: () => {
          asked += 1
        },
      },
    })
    expect((await ask(own, '/readyz')).body).toBe('bad startup: under-way\n')
    expect(asked).toBe(0)
    expect((await ask(own, '/readyz?verbose')).body).toContain('ok  cache: 0 ms')
  })

  test.each<readonly [unknown, string]>([
    [new TypeError('secret'), 'TypeError'],
    [Object.assign(new Error('secret'), { code: 'pass word' }), 'Error'],
    ['secret', 'failed'],
    [false, 'false'],
  ])('are told by a code, a name or not at all: %s', async (thrown, words) => {
    const { own } = await bench({ checks: { database: () => (thrown === false ? false : Promise.reject(thrown)) } })
    expect((await ask(own, '/readyz')).body).toBe(`bad database: ${words} after 0 ms\n`)
  })
})

test('readiness follows the requests in flight with two thresholds, and liveness does not', async () => {
  const b = await bench({ backlog: { inFlight: { above: 2, below: 2 - 1 } } })
  const readiness = async (): Promise<number> => {
    b.clock.advance(100)
    return (await ask(b.own, '/readyz')).status
  }
  const finish = async (index: number): Promise<void> => {
    const response = b.held[index] as ServerResponse
    const closed = once(response, 'close')
    response.end()
    await closed
  }
  for (let count = 0; count < 2; count += 1) await hold(b)
  expect(await readiness()).toBe(200)
  await hold(b)
  expect(await readiness()).toBe(503)
  expect((await ask(b.own, '/readyz')).body).toBe('bad backlog: inFlight 3 (over above 2, well below 1)\n')
  expect((await ask(b.own, '/livez')).status).toBe(200)
  await finish(0)
  await finish(1)
  expect(await readiness()).toBe(503)
  await finish(2)
  expect(await readiness()).toBe(200)
})

describe('the routes', () => {
  test('answer HEAD without a body, refuse other methods, and name themselves for unknown paths', async () => {
    const { own } = await bench()
    expect(await ask(own, '/livez', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await ask(own, '/livez', { method: 'POST' })).toMatchObject({ status: 405 })
    expect(await ask(own, '/drain')).toMatchObject({ status: 404, body: 'livez, readyz, startupz\n' })
    expect((await ask(own, '/livez')).headers.get('connection')).toBe('close')
  })

  test('on a mounted server come before the application, which sees only its own requests', async () => {
    const seen: (string | undefined)[] = []
    const { health, server, port } = await bench({ drainRoute: 'own-port' }, (request, response) => {
      seen.push(request.url)
      response.end('application')
    })
    health.mount(server)
    server.prependListener('request', (request: IncomingMessage) => seen.push(`later ${request.url}`))
    expect((await ask(port, '/readyz')).body).toBe('ok\n')
    expect((await ask(port, '/')).body).toBe('application')
    expect((await ask(port, '/drain')).body).toBe('application')
    await health.close()
    expect((await ask(port, '/livez')).body).toBe('application')
    expect(seen).toEqual(['later /', '/', 'later /drain', '/drain', 'later /livez', '/livez'])
    expect(Object.getOwnPropertyNames(server)).not.toContain('emit')
  })

  test('can be asked by a framework', async () => {
    let health: Probes | undefined
    const b = await bench({}, (request, response) => {
      if (health?.handler(request, response) === false) response.end('application')
    })
    health = b.health
    expect((await ask(b.port, '/startupz')).body).toBe('ok\n')
    expect((await ask(b.port, '/')).body).toBe('application')
  })
})

describe('a load report', () => {
  test('goes to whoever asks for it and to nobody else', async () => {
    const { port } = await bench()
    const asked = await ask(port, '/', { headers: { 'evenkeel-load': '1' } })
    expect(parseLoadReport(asked.headers.get('evenkeel-load') ?? '')).toEqual({
      inFlight: 1,
      utilisation: 0,
      ageMs: 12_500,
    })
    expect((await ask(port, '/')).headers.has('evenkeel-load')).toBe(false)
  })

  test('goes with the farewell of a leaving process, also when both were asked for before', async () => {
    const b = await bench()
    const request = get({ port: b.port, path: '/hold', agent: false, headers: { 'evenkeel-load': '1' } })
    const answer = once(request, 'response')
    while (b.held.length === 0) await turn()
    void b.health.drain()
    b.held[0]?.writeHead(200, { 'evenkeel-load': 'mine' }).end()
    const [response] = (await answer) as [IncomingMessage]
    expect(response.headers).toMatchObject({
      connection: 'close',
      'evenkeel-drain': '1',
      'evenkeel-load': 'i=1;u=0;a=12500',
    })
    response.resume()
  })
})

describe('a drain', () => {
  // S-08
  test('after a preStop sleep of 10 s cuts what is left 18 s after the signal', async () => {
    const notices: DrainNotice[] = []
    const reports: DrainReport[] = []
    const b = await bench({
      preStopMs: 10_000,
      onDrain: (notice) => notices.push(notice),
      onDrained: (report) => reports.push(report),
    })
    const { lost } = await hold(b)
    b.host.emit('SIGTERM', 'SIGTERM')
    expect(notices).toMatchObject([{ reason: 'SIGTERM', lameDuckMs: 1_000, deadlineMs: 18_000 }])
    b.clock.advance(17_999)
    expect(b.health.status()).toMatchObject({ phase: 'stopping', inFlight: 1 })
    expect(notices[0]?.signal.aborted).toBe(false)
    b.clock.advance(1)
    expect(await lost).toMatchObject({ code: 'ECONNRESET' })
    expect(notices[0]?.signal.aborted).toBe(true)
    expect(reports).toEqual([{ kind: 'cut', reason: 'SIGTERM', tookMs: 18_000, requests: 1, upgraded: 0, calls: 0 }])
    expect(b.host.exits).toEqual([undefined])
  })

  test('that the application asks for does not end the process, and a signal afterwards does', async () => {
    const { clock, host, health } = await bench({ lameDuckMs: 0 })
    expect(await settled(clock, health.drain('a test'))).toEqual({ kind: 'complete', reason: 'a test', tookMs: 0 })
    expect(health.status()).toMatchObject({ phase: 'drained', reason: 'a test' })
    expect(host.exits).toEqual([])
    host.emit('SIGTERM', 'SIGTERM')
    await turn()
    expect(host.exits).toEqual([undefined])
  })

  test('by GET /drain is answered when the lame duck is over, and the signal that follows is not a second one', async () => {
    const b = await bench({ drainRoute: 'own-port' })
    const { answer } = await hold(b)
    const hook = ask(b.own, '/drain')
    while (b.health.status().phase === 'serving') await turn()
    expect(b.health.status()).toMatchObject({ phase: 'lame-duck', reason: 'preStop' })
    b.clock.advance(5_000)
    expect(await hook).toMatchObject({ status: 200, body: 'lame duck is over\n' })
    b.host.emit('SIGTERM', 'SIGTERM')
    await turn()
    expect(b.host.exits).toEqual([])
    b.held[0]?.end()
    ;(await answer).resume()
    await settled(b.clock, b.health.drain())
    expect(b.host.exits).toEqual([undefined])
  })

  test('waits for what onDrain returns, and tells what a hook throws as a warning', async () => {
    let finish: (() => void) | undefined
    const failure = new Error('the pool does not close')
    const b = await bench({
      lameDuckMs: 0,
      onDrain: () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
      onDrained: () => {
        throw failure
      },
    })
    const drained = b.health.drain()
    b.clock.advance(20_000)
    await turn()
    expect(b.health.status().phase).toBe('stopping')
    finish?.()
    expect(await settled(b.clock, drained)).toEqual({ kind: 'complete', reason: 'the application', tookMs: 20_000 })
    expect(b.host.warnings).toEqual([failure])
  })

  test('does not wait longer than a second beyond the deadline for onDrained', async () => {
    const b = await bench({ lameDuckMs: 0, gracePeriodMs: 10_000, onDrained: () => new Promise(() => undefined) })
    b.host.emit('SIGTERM', 'SIGTERM')
    while (b.clock.pending > 2) {
      b.clock.advance()
      await turn()
    }
    b.clock.advance(8_999)
    await turn()
    expect(b.host.exits).toEqual([])
    b.clock.advance(1)
    await turn()
    await turn()
    expect(b.host.exits).toEqual([undefined])
  })

  test('closes connections as they become idle, while others are still busy', async () => {
    const b = await bench({ lameDuckMs: 0 })
    await hold(b)
    const agent = new Agent({ keepAlive: true })
    const begun = get({ port: b.port, path: '/hold', agent })
    const [socket] = (await once(begun, 'socket')) as [Socket]
    const closed = once(socket, 'close')
    while (b.held.length < 2) await turn()
    // The head is out before the drain, so it cannot say close.
    b.held[1]?.write('begun')
    const [response] = (await once(begun, 'response')) as [IncomingMessage]
    expect(response.headers.connection).toBe('keep-alive')
    b.host.emit('SIGTERM', 'SIGTERM')
    const ended = once(b.held[1] as ServerResponse, 'close')
    b.held[1]?.end()
    response.resume()
    await ended
    b.clock.advance()
    await closed
    expect(b.health.status()).toMatchObject({ phase: 'stopping', inFlight: 1 })
  })

  test('serves a request that comes while it waits for silent connections', async () => {
    const b = await bench({ lameDuckMs: 0 })
    const accepted = once(b.server, 'connection')
    const socket = connect(b.port, '127.0.0.1')
    await accepted
    const drained = b.health.drain()
    b.clock.advance()
    b.clock.advance(100)
    socket.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n')
    while (b.held.length === 0) await turn()
    b.clock.advance(1_000)
    expect(b.health.status()).toMatchObject({ phase: 'stopping', inFlight: 1 })
    b.held[0]?.end('late')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 200 OK.*connection: close.*late$/is)
    expect(await settled(b.clock, drained)).toMatchObject({ kind: 'complete' })
  })

  test('leaves WebSockets to an application that wants to close them itself', async () => {
    const b = await bench({ webSockets: 'application', lameDuckMs: 0 })
    b.server.on('upgrade', (_, socket) =>
      socket
        .on('error', () => undefined)
        .write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    )
    const request = get({ port: b.port, agent: false, headers: { connection: 'upgrade', upgrade: 'websocket' } })
    const [, socket] = await once(request, 'upgrade')
    let heard = 0
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length
    })
    const drained = b.health.drain()
    b.clock.advance(27_999)
    expect(b.health.status()).toMatchObject({ upgraded: 1, phase: 'stopping' })
    b.clock.advance(1)
    expect(await drained).toMatchObject({ kind: 'cut', upgraded: 1 })
    expect(heard).toBe(0)
  })

  test('that is cut by a second signal leaves the end of the process to an application that wants it', async () => {
    const b = await bench({ exit: 'never' })
    const { lost } = await hold(b)
    b.host.emit('SIGTERM', 'SIGTERM')
    b.host.emit('SIGTERM', 'SIGTERM')
    expect(await lost).toMatchObject({ code: 'ECONNRESET' })
    expect(await b.health.drain()).toMatchObject({ kind: 'cut', requests: 1 })
    expect(b.host.exits).toEqual([])
  })
})

describe('after close', () => {
  test('no listener, timer or socket is left, whatever was going on', async () => {
    const b = await bench({ checks: { hanging: () => new Promise(() => undefined) } })
    b.health.mount(b.server)
    const before = createServer(() => undefined)
    await hold(b)
    const readiness = ask(b.own, '/readyz')
    readiness.catch(() => undefined)
    await turn()
    const drained = b.health.drain()
    await b.health.close()
    expect(await drained).toEqual({ kind: 'abandoned', reason: 'the application', tookMs: 0 })
    expect(b.clock.pending).toBe(0)
    expect(b.host.eventNames()).toEqual([])
    expect(b.server.eventNames().map((name) => [name, b.server.listenerCount(name)])).toEqual(
      before.eventNames().map((name) => [name, before.listenerCount(name)]),
    )
    expect(b.held[0]?.listenerCount('close')).toBe(before.listenerCount('close'))
    await expect(ask(b.own, '/livez')).rejects.toThrow()
    expect((await ask(b.port, '/')).body).toBe('answer')
  })

  test('a drain is abandoned at once', async () => {
    const { health } = await bench()
    await health.close()
    expect(await health.drain()).toMatchObject({ kind: 'abandoned' })
  })
})

test('a second listen and a taken port are refused, and the next attempt is not', async () => {
  const { health, own } = await bench()
  await expect(health.listen(0)).rejects.toMatchObject({ code: 'EVENKEEL_INVALID_OPTION' })
  const other = probes({ process: new FakeProcess(), clock: fakeClock() })
  await expect(other.listen(70_000)).rejects.toMatchObject({ code: 'EVENKEEL_INVALID_OPTION' })
  await expect(other.listen(own, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect((await other.listen(0, '127.0.0.1')).port).toBeGreaterThan(0)
  await other.close()
})
