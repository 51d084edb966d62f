/** Real servers and clients of grpc-js; time is in the hands of the tests where it counts. */
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:http2'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { afterEach, describe, expect, test } from 'vitest'
import type { HostProcess } from '../leaving/signals.ts'
import type { ProbesOptions } from '../options.ts'
import { type Probes, probes } from '../probes.ts'
import { type GrpcServerOptions, grpcServer } from './grpc-server.ts'

class FakeProcess extends EventEmitter implements HostProcess {
  exit(): void {}
  uptime(): number {
    return 1
  }
  emitWarning(): void {}
}

const bytes = { serialize: (value: Buffer): Buffer => value, deserialize: (value: Buffer): Buffer => value }

function method(path: string, kind: 'unary' | 'server' | 'bidi' = 'unary'): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: kind === 'bidi',
    responseStream: kind !== 'unary',
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  }
}

type Answer = () => void

interface Bench {
  readonly clock: FakeClock
  readonly server: Server
  readonly health: Probes
  readonly port: number
  /** Unary calls, in their order; call one to answer it. */
  readonly held: Answer[]
  readonly streams: ServerDuplexStream<Buffer, Buffer>[]
}

const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run()
})

interface BenchOptions extends Omit<ProbesOptions, 'servers'> {
  readonly grpc?: GrpcServerOptions
  readonly server?: Server
}

async function bench({ grpc = {}, server = new Server(), ...options }: BenchOptions = {}): Promise<Bench> {
  const clock = fakeClock()
  const held: Answer[] = []
  const streams: ServerDuplexStream<Buffer, Buffer>[] = []
  server.addService(
    { Hold: method('/shop.Catalog/Hold'), Talk: method('/shop.Catalog/Talk', 'bidi') },
    {
      Hold: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
        void held.push(() => answer(null, call.request)),
      Talk: (call: ServerDuplexStream<Buffer, Buffer>) => void streams.push(call),
    },
  )
  const health = probes({
    clock,
    random: seededRandom(1),
    process: new FakeProcess(),
    servers: [grpcServer(server, grpc)],
    ...options,
  })
  const port = await bind(server)
  cleanUp.push(async () => {
    await health.close()
    server.forceShutdown()
  })
  return { clock, server, health, port, held, streams }
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  )
}

function clientOf(port: number): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
  cleanUp.push(() => client.close())
  return client
}

/** The answer in text, or the error. */
function call(client: Client, path: string, request = ''): Promise<Buffer | ServiceError> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, bytes.serialize, bytes.deserialize, Buffer.from(request), (error, value) =>
      resolve(error ?? (value as Buffer)),
    )
  })
}

/** `HealthCheckRequest`. */
function asking(service: string): Buffer {
  const name = Buffer.from(service)
  return service === '' ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name])
}

async function check(client: Client, service = ''): Promise<string | undefined> {
  const answer = await call(client, '/grpc.health.v1.Health/Check', asking(service).toString('latin1'))
  return answer instanceof Error ? `code ${answer.code}` : wordOf(answer)
}

function wordOf(answer: Buffer): string | undefined {
  expect(answer).toHaveLength(2)
  return ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'][answer[1] as number]
}

/** What a watcher hears, and its last code. */
class Watcher {
  readonly said: (string | undefined)[] = []
  readonly call: ClientReadableStream<Buffer>
  readonly code: Promise<number>

  constructor(client: Client, service = '') {
    this.call = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      bytes.serialize,
      bytes.deserialize,
      asking(service),
    )
    this.call.on('data', (answer: Buffer) => this.said.push(wordOf(answer)))
    this.code = once(this.call, 'error').then(([error]) => (error as ServiceError).code)
    this.code.catch(() => undefined)
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Turns of the real event loop until it holds; time stands still, but what waits for a poll gets it. */
async function until(clock: FakeClock, holds: () => boolean): Promise<void> {
  while (!holds()) {
    clock.advance()
    await turn()
  }
}

async function outcome<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const found: T[] = []
  void promise.then((value) => found.push(value))
  await until(clock, () => found.length > 0)
  return found[0] as T
}

async function session(port: number): Promise<{ readonly lasts: readonly number[] }> {
  const client = connect(`http://127.0.0.1:${port}`)
  const lasts: number[] = []
  client.on('goaway', (_, last) => lasts.push(last))
  client.on('error', () => undefined)
  cleanUp.push(() => client.destroy())
  await once(client, 'remoteSettings')
  return { lasts }
}

describe('health', () => {
  test('says for the whole server and for each service how its checks are', async () => {
    let database = true
    const grpc = { services: { 'shop.Catalog': ['database'], 'shop.Prices': [] } }
    const { port, clock } = await bench({ grpc, checks: { database: () => database } })
    const client = clientOf(port)
    const all = async () =>
      await Promise.all(
        ['', 'readyz', 'shop.Catalog', 'shop.Prices', 'livez', 'startupz'].map((one) => check(client, one)),
      )
    expect(await all()).toEqual(['SERVING', 'SERVING', 'SERVING', 'SERVING', 'SERVING', 'SERVING'])
    database = false
    clock.advance(1_000)
    expect(await all()).toEqual(['NOT_SERVING', 'NOT_SERVING', 'NOT_SERVING', 'SERVING', 'SERVING', 'SERVING'])
  })

  test('answers NOT_FOUND to a check of an unknown service, and SERVICE_UNKNOWN to a watch that goes on', async () => {
    const { port, clock, health } = await bench()
    const client = clientOf(port)
    expect(await check(client, 'shop.Nothing')).toBe('code 5')
    const watcher = new Watcher(client, 'shop.Nothing')
    await until(clock, () => watcher.said.length > 0)
    clock.advance(5_000)
    expect(await check(client)).toBe('SERVING')
    expect(watcher.said).toEqual(['SERVICE_UNKNOWN'])
    expect(health.status().inFlight).toBe(0)
  })

  test('lists all services with their standing', async () => {
    const { port } = await bench({ grpc: { services: { 'shop.Catalog': [] } }, startup: 'manual' })
    const answer = (await call(clientOf(port), '/grpc.health.v1.Health/List')) as Buffer
    const entry = (name: string, status: number): Buffer => {
      const content = Buffer.concat([
        Buffer.from([0x0a, name.length]),
        Buffer.from(name),
        Buffer.from([0x12, 2, 8, status]),
      ])
      return Buffer.concat([Buffer.from([0x0a, content.length]), content])
    }
    expect(answer).toEqual(
      Buffer.concat([
        entry('', 2),
        entry('livez', 1),
        entry('readyz', 2),
        entry('startupz', 2),
        entry('shop.Catalog', 2),
      ]),
    )
  })

  test('refuses to list more than a hundred services', async () => {
    const services = Object.fromEntries(Array.from({ length: 97 }, (_, index) => [`shop.Service${index}`, []]))
    const { port } = await bench({ grpc: { services } })
    expect(await call(clientOf(port), '/grpc.health.v1.Health/List')).toMatchObject({ code: 8 })
  })

  test('tells a watcher each change once, and asks nobody when all watchers have gone', async () => {
    let database = true
    let asked = 0
    const { port, clock } = await bench({
      checks: {
        database: () => {
          asked++
          return database
        },
      },
    })
    const watcher = new Watcher(clientOf(port))
    await until(clock, () => watcher.said.length === 1)
    clock.advance(3_000)
    database = false
    await until(clock, () => {
      clock.advance(1_000)
      return watcher.said.length === 2
    })
    expect(watcher.said).toEqual(['SERVING', 'NOT_SERVING'])
    const cancelled = watcher.code
    watcher.call.cancel()
    expect(await cancelled).toBe(1)
    await check(clientOf(port))
    const before = asked
    clock.advance(60_000)
    await turn()
    expect(asked).toBe(before)
  })

  test('tells a watcher beyond the bound that it cannot watch, which clients take for healthy', async () => {
    const { port, clock } = await bench({ grpc: { maxWatches: 1 } })
    const client = clientOf(port)
    const first = new Watcher(client)
    await until(clock, () => first.said.length === 1)
    expect(await new Watcher(client).code).toBe(12)
  })

  test('is left to the application on request, and refused twice', async () => {
    const { port } = await bench({ grpc: { health: 'application' } })
    expect(await check(clientOf(port))).toBe('code 12')
    const server = new Server()
    server.addService({ Check: method('/grpc.health.v1.Health/Check') }, { Check: () => undefined })
    expect(() => probes({ servers: [grpcServer(server)], signals: {} })).toThrow(
      'health: "probes" (expected: application, for this server has a health service already)',
    )
  })

  test('refuses services that depend on checks that are not there, and names that are taken', () => {
    const make = (services: Record<string, string[]>) => () =>
      probes({ servers: [grpcServer(new Server(), { services })], checks: { database: () => true }, signals: {} })
    expect(make({ 'shop.Catalog': ['databse'] })).toThrow('services.shop.Catalog: "databse" (expected: a name among')
    expect(make({ livez: [] })).toThrow('services: "livez" (expected: a name other than livez, readyz, startupz')
  })
})

describe('a server of grpc-js', () => {
  test('is refused at once if it is none', () => {
    const none = {} as Server
    expect(() => probes({ servers: [grpcServer(none)], signals: {} })).toThrow(
      'server: an object (expected: a server of',
    )
    expect(() => grpcServer(new Server(), { maxWatches: -1 })).toThrow('maxWatches: -1 (expected: >= 0)')
  })

  test('completes start-up when it listens', async () => {
    const server = new Server()
    const health = probes({ servers: [grpcServer(server)], process: new FakeProcess(), clock: fakeClock() })
    expect(health.status().phase).toBe('starting')
    await bind(server)
    expect(health.status().phase).toBe('serving')
    await health.close()
    server.forceShutdown()
  })

  test('is watched also when it listened and had calls before', async () => {
    const server = new Server()
    const port = await bind(server)
    const { lasts } = await session(port)
    const clock = fakeClock()
    const health = probes({ servers: [grpcServer(server)], process: new FakeProcess(), clock, lameDuckMs: 0 })
    expect(health.status().phase).toBe('serving')
    const drained = health.drain()
    await until(clock, () => lasts.length > 0)
    clock.advance(1_000)
    expect(await outcome(clock, drained)).toMatchObject({ kind: 'complete' })
    expect(lasts[0]).toBe(2 ** 31 - 1)
    await health.close()
  })

  test('has its unary calls and its streams counted from their beginning to their end', async () => {
    const { port, clock, health, held, streams } = await bench()
    const client = clientOf(port)
    const answers = [call(client, '/shop.Catalog/Hold', 'one'), call(client, '/shop.Catalog/Hold', 'two')]
    const talk = client.makeBidiStreamRequest('/shop.Catalog/Talk', bytes.serialize, bytes.deserialize)
    talk.on('error', () => undefined).resume()
    await until(clock, () => held.length === 2 && streams.length === 1)
    expect(health.status().inFlight).toBe(3)
    for (const answer of held) answer()
    expect(String(await answers[1])).toBe('two')
    await until(clock, () => health.status().inFlight === 1)
    talk.cancel()
    await until(clock, () => health.status().inFlight === 0)
    expect(await call(client, '/shop.Catalog/Nothing')).toMatchObject({ code: 12 })
    await until(clock, () => health.status().inFlight === 0)
  })

  test('is as it was found when the probes are closed', async () => {
    const { server, port, health, clock } = await bench()
    const before = Object.keys(new Server())
    await health.close()
    expect(Object.keys(server)).toEqual(before)
    expect(await check(clientOf(port))).toBe('code 12')
    expect(clock.pending).toBe(0)
  })
})

describe('a drain', () => {
  test('accepts calls and connections during the lame duck, and says SERVING until its end', async () => {
    const { port, clock, health, held } = await bench({ lameDuckMs: 5_000 })
    const watcher = new Watcher(clientOf(port))
    await until(clock, () => watcher.said.length === 1)
    const drained = health.drain()
    clock.advance(4_999)
    const client = clientOf(port)
    const answer = call(client, '/shop.Catalog/Hold', 'late')
    await until(clock, () => held.length === 1)
    expect(await check(client)).toBe('SERVING')
    expect(watcher.said).toEqual(['SERVING'])
    clock.advance(1)
    expect(health.status().phase).toBe('stopping')
    expect(await outcome(clock, watcher.code)).toBe(14)
    expect(watcher.said).toEqual(['SERVING', 'NOT_SERVING'])
    expect(await call(clientOf(port), '/shop.Catalog/Hold')).toMatchObject({ code: 14 })
    held[0]?.()
    expect(String(await answer)).toBe('late')
    expect(await outcome(clock, drained)).toMatchObject({ kind: 'complete', reason: 'the application' })
    expect(clock.pending).toBe(1)
  })

  test('tells connections one after another, each by a GOAWAY that refuses no call', async () => {
    const { port, clock, health } = await bench({ lameDuckMs: 4_000 })
    const clients = await Promise.all(Array.from({ length: 4 }, () => session(port)))
    const told = (): number => clients.filter(({ lasts }) => lasts.length > 0).length
    const drained = health.drain()
    for (const expected of [1, 2, 3, 4]) {
      // One in each quarter, wherever in it.
      clock.advance(1_000 - (expected === 4 ? 1 : 0))
      await until(clock, () => told() === expected)
    }
    for (const { lasts } of clients) expect(lasts[0]).toBe(2 ** 31 - 1)
    expect(health.status().phase).toBe('lame-duck')
    clock.advance(1_000)
    expect(await outcome(clock, drained)).toMatchObject({ kind: 'complete' })
  })

  test('waits for calls and streams that are open, and keepalive does not end them meanwhile', async () => {
    const server = new Server({ 'grpc.keepalive_time_ms': 1 })
    const { port, clock, health, held, streams } = await bench({ lameDuckMs: 0, server })
    const client = clientOf(port)
    const answer = call(client, '/shop.Catalog/Hold', 'patience')
    const talk = client.makeBidiStreamRequest('/shop.Catalog/Talk', bytes.serialize, bytes.deserialize)
    const messages: string[] = []
    talk.on('data', (message: Buffer) => messages.push(String(message)))
    await until(clock, () => held.length === 1 && streams.length === 1)
    const drained = health.drain()
    // Some keepalive intervals pass in these round trips.
    for (const count of Array.from({ length: 20 }, (_, index) => index + 1)) {
      streams[0]?.write(Buffer.from('tick'))
      await until(clock, () => messages.length === count)
      const at = performance.now()
      await until(clock, () => performance.now() - at > 2)
    }
    held[0]?.()
    expect(String(await answer)).toBe('patience')
    streams[0]?.end()
    await once(talk, 'end')
    expect(await outcome(clock, drained)).toMatchObject({ kind: 'complete' })
  })

  test('ends what is left at its deadline with UNAVAILABLE, and counts it', async () => {
    const { port, clock, health, held, streams } = await bench({ lameDuckMs: 0, gracePeriodMs: 12_000 })
    const client = clientOf(port)
    const answer = call(client, '/shop.Catalog/Hold', 'never')
    const talk = client.makeBidiStreamRequest('/shop.Catalog/Talk', bytes.serialize, bytes.deserialize, new Metadata())
    const failed = once(talk, 'error').then(([error]) => error as ServiceError)
    talk.resume()
    await until(clock, () => held.length === 1 && streams.length === 1)
    streams[0]?.write(Buffer.from('begun'))
    await once(talk, 'data')
    const drained = health.drain()
    clock.advance(10_000)
    // Too late, and harmless.
    held[0]?.()
    expect(await outcome(clock, drained)).toEqual({
      kind: 'cut',
      reason: 'the application',
      tookMs: 10_000,
      requests: 0,
      upgraded: 0,
      calls: 2,
    })
    expect(await answer).toMatchObject({ code: 14, details: 'the time for the drain is over' })
    expect(await failed).toMatchObject({ code: 14, details: 'the time for the drain is over' })
    expect(health.status().inFlight).toBe(0)
  })

  test('closes a connection a second after it was told if its client does not answer', async () => {
    const { port, clock, health } = await bench({ lameDuckMs: 0 })
    // A client of Node without a call forgets its connection at the GOAWAY, and leaves the PING unanswered.
    const { lasts } = await session(port)
    const drained = health.drain()
    await until(clock, () => lasts.length > 0)
    clock.advance(999)
    await turn()
    expect(health.status().phase).toBe('stopping')
    clock.advance(1)
    expect(await outcome(clock, drained)).toMatchObject({ kind: 'complete', tookMs: 1_000 })
  })
})
