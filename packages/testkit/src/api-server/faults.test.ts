import { connect as connectNet } from 'node:net'
import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type ApiProtocol,
  type FakeApiServer,
  type FakeApiServerOptions,
  fakeApiServer,
  watchLine,
} from '../api-server.ts'
import { ask, type Heard, sessionWith } from './testing/ask.ts'

const path = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices'
const watchList = `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`

/** Slices `a` to `c` with the versions 2 to 4. */
async function open(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await fakeApiServer({ scheme: 'http', ...options })
  onTestFinished(() => server.close())
  for (const name of ['a', 'b', 'c']) server.apply({ metadata: { name, namespace: 'shop' } })
  return server
}

/** The code with which a call fails. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => new Error('it does not fail'),
    (reason: Error) => reason,
  )
  return ((error.cause ?? error) as NodeJS.ErrnoException).code ?? error
}

const ways: readonly (readonly ['https' | 'http', ApiProtocol])[] = [
  ['https', 'h2'],
  ['https', 'http/1.1'],
  ['http', 'h2'],
  ['http', 'http/1.1'],
]

describe.each(ways)('over %s and %s', (scheme, protocol) => {
  test('a frozen connection says nothing and answers no ping, until it thaws', async () => {
    const server = await open({ scheme })
    const session = protocol === 'h2' ? sessionWith(server) : undefined
    const heard = await ask(server, `${path}?watch=1`, { protocol, ...(session === undefined ? {} : { session }) })
    await heard.until(() => heard.told.length === 3)
    const watch = await server.watch()
    watch.connection.freeze()
    let pinged = false
    session?.ping(() => {
      pinged = true
    })
    server.remove('shop', 'a')
    // Another connection works meanwhile, and what it brings shows that the frozen one had its time.
    const other = await ask(server, `${path}?watch=1&resourceVersion=4`, { protocol })
    await other.until(() => other.told.length === 1)
    expect([heard.told.length, heard.ended, pinged]).toEqual([3, undefined, false])
    watch.connection.thaw()
    await heard.until(() => heard.told.length === 4)
    expect(heard.told.at(-1)).toBe('DELETED a 5')
  })

  test('a watch is reset in the middle of a line', async () => {
    const server = await open({ scheme })
    const heard = await ask(server, `${path}?watch=1&resourceVersion=4`, { protocol })
    const watch = await server.watch()
    await watch.write('{"type":"MODI')
    await heard.until(() => heard.text !== '')
    watch.reset()
    expect(await heard.end()).toBe(protocol === 'h2' ? 'ERR_HTTP2_STREAM_ERROR' : 'ECONNRESET')
    expect(heard.text).toBe('{"type":"MODI')
    await server.until(() => server.watches.length === 0)
  })

  test('a watch ends cleanly after half a line', async () => {
    const server = await open({ scheme })
    const heard = await ask(server, `${path}?watch=1&resourceVersion=4`, { protocol })
    const watch = await server.watch()
    await watch.write('{"type":"MODI')
    await watch.end()
    expect([await heard.end(), heard.text, watch.isOpen]).toEqual(['end', '{"type":"MODI', false])
    await watch.write('too late')
  })

  test('an event comes in pieces cut at any byte, also within a character', async () => {
    const server = await open({ scheme })
    const heard = await ask(server, `${path}?watch=1&resourceVersion=4`, { protocol })
    const watch = await server.watch()
    const line = watchLine('ADDED', { metadata: { name: 'ü€😀' } })
    const bytes = Buffer.from(line)
    const cuts = [1, bytes.indexOf('ü') + 1, bytes.indexOf('€') + 2, bytes.indexOf('😀') + 3]
    await watch.send('ADDED', { metadata: { name: 'ü€😀' } }, cuts)
    await heard.until(() => Buffer.concat(heard.chunks).length === bytes.length)
    expect(heard.chunks.map(({ length }) => length)).toEqual(
      [0, ...cuts].map((from, index) => (cuts[index] ?? bytes.length) - from),
    )
    expect(heard.text).toBe(line)
  })

  test.each(['drop', 'reset'] as const)('%s ends a request without a word', async (kind) => {
    const server = await open({ scheme })
    server.script({ kind })
    await expect(ask(server, path, { protocol })).rejects.toThrow()
    expect((await ask(server, path, { protocol })).status).toBe(200)
    expect(server.requests).toHaveLength(2)
  })

  test('refuses, hangs up, and is back at the same port', async () => {
    const server = await open({ scheme })
    const heard = await ask(server, watchList, { protocol })
    const { url } = server
    await server.door('refusing')
    expect(await heard.end()).not.toBe('end')
    expect(await codeOf(ask(server, path, { protocol }))).toBe('ECONNREFUSED')
    await server.door('hanging-up')
    expect(await codeOf(ask(server, path, { protocol }))).not.toBe('ECONNREFUSED')
    await server.door('open')
    const resumed = await ask(server, `${path}?watch=1&resourceVersion=2`, { protocol })
    await resumed.until(() => resumed.told.length === 2)
    expect([server.url, resumed.told]).toEqual([url, ['ADDED b 3', 'ADDED c 4']])
    expect(server.requests).toHaveLength(2)
  })
})

test('a silent door accepts and says nothing', async () => {
  const server = await open({ scheme: 'https' })
  await server.door('silent')
  const socket = connectNet(Number(new URL(server.url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const heard: unknown[] = []
  socket.on('data', (bytes) => heard.push(bytes))
  socket.write('hello')
  await server.until(() => server.connections.length === 1)
  await server.door('open')
  expect((await ask(server, path)).status).toBe(200)
  expect([heard, server.connections[0]?.id, server.requests.length]).toEqual([[], 1, 1])
})

test('GOAWAY lets a watch go on, and the next request needs a new connection', async () => {
  const server = await open({ scheme: 'https' })
  const session = sessionWith(server)
  const heard = await ask(server, `${path}?watch=1&resourceVersion=4`, { protocol: 'h2', session })
  const watch = await server.watch()
  const said = new Promise<unknown>((resolve) => session.once('goaway', (code) => resolve(code)))
  watch.connection.goAway()
  expect(await said).toBe(0)
  expect(await codeOf(ask(server, path, { protocol: 'h2', session }))).toMatch(/ERR_HTTP2/)
  server.remove('shop', 'a')
  await heard.until(() => heard.told.length === 1)
  await watch.end()
  expect([await heard.end(), heard.told]).toEqual(['end', ['DELETED a 5']])
  await ask(server, path, { protocol: 'h2' })
  expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2])
})

test('GOAWAY over HTTP/1.1 is nothing', async () => {
  const server = await open()
  const heard = await ask(server, `${path}?watch=1&resourceVersion=4`)
  const watch = await server.watch()
  watch.connection.goAway()
  await watch.bookmark()
  await heard.until(() => heard.told.length === 1)
  expect(heard.ended).toBeUndefined()
})

describe('a script', () => {
  test('answers what it says, to those it is meant for, as often as it says', async () => {
    const server = await open()
    server.script({ kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, { on: 'watch', times: 2 })
    server.script(
      { kind: 'answer', body: { kind: 'EndpointSliceList', items: null } },
      { on: ({ path: asked }) => asked === path },
    )
    const statuses: unknown[] = []
    for (const asked of [`${path}?watch=1`, path, path, `${path}?watch=1`, `${path}?watch=1`]) {
      const { status, headers, text } = await ask(server, asked)
      statuses.push([status, headers['retry-after'], text.length > 0])
    }
    expect(statuses.map((one) => (one as unknown[]).slice(0, 2))).toEqual([
      [429, '7'],
      [200, undefined],
      [200, undefined],
      [429, '7'],
      [200, undefined],
    ])
  })

  test('is refused with a Kubernetes Status when there is no body', async () => {
    const server = await open()
    server.script({ kind: 'answer', status: 410 })
    expect(await (await ask(server, path)).json()).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'Expired',
      code: 410,
    })
  })

  test('is taken back', async () => {
    const server = await open()
    server.script({ kind: 'answer', status: 500 }, { times: Number.POSITIVE_INFINITY })[Symbol.dispose]()
    expect((await ask(server, path)).status).toBe(200)
  })

  test('hangs', async () => {
    const server = await open()
    server.script({ kind: 'hang' })
    const hung = codeOf(ask(server, path))
    await server.nextRequest()
    expect((await ask(server, path)).status).toBe(200)
    await server.door('refusing')
    expect(await hung).toBe('ECONNRESET')
  })

  test('delays the head by the clock', async () => {
    const clock = fakeClock()
    const server = await open({ clock })
    server.script({ kind: 'serve', headMs: 20_000 })
    const late = ask(server, path)
    await pendingIs(clock, 1)
    expect((await ask(server, path)).status).toBe(200)
    clock.advance(20_000)
    expect((await late).status).toBe(200)
  })

  test('arranges initial events and keeps the bookmark that ends them', async () => {
    const server = await open()
    server.script({ kind: 'serve', endBookmark: 'missing', arrange: (objects) => objects.toReversed() })
    const heard = await ask(server, watchList)
    await (await server.watch()).bookmark()
    await heard.until(() => heard.told.length === 4)
    expect(heard.told).toEqual(['ADDED c 4', 'ADDED b 3', 'ADDED a 2', 'BOOKMARK 4'])
    expect(heard.text).not.toContain('initial-events-end')
  })

  test('ends a watch within its initial events', async () => {
    const server = await open()
    server.script({
      kind: 'serve',
      endBookmark: 'missing',
      arrange: (objects) => objects.slice(0, 2),
      play: (watch) => watch.end(),
    })
    const heard = await ask(server, watchList)
    expect([await heard.end(), heard.told]).toEqual(['end', ['ADDED a 2', 'ADDED b 3']])
  })

  test('writes a stream of its own: an event twice, an error, a very long line', async () => {
    const server = await open()
    const [object] = server.slices()
    server.script({
      kind: 'stream',
      play: async (watch) => {
        await watch.send('MODIFIED', object as object)
        await watch.repeat()
        await watch.send('ERROR', { kind: 'Status', code: 410, metadata: {} })
        await watch.write(`${' '.repeat(9 * 2 ** 20)}\n`)
        await watch.end()
      },
    })
    const heard = await ask(server, `${path}?watch=1`)
    expect(await heard.end()).toBe('end')
    expect(heard.text.length).toBeGreaterThan(9 * 2 ** 20)
    expect(told(heard)).toEqual(['MODIFIED a 2', 'MODIFIED a 2', 'ERROR'])
  })

  test('that throws is answered 500 with the error, or reset when the head has been sent', async () => {
    const server = await open()
    server.script({ kind: 'answer', body: { cannot: 1n } })
    const refused = await ask(server, path)
    await refused.end()
    expect([refused.status, refused.text]).toEqual([
      500,
      'the script of the API server failed: TypeError: Do not know how to serialize a BigInt',
    ])
    server.script({
      kind: 'serve',
      arrange: () => {
        throw new Error('a mistake')
      },
    })
    expect(await codeOf(ask(server, `${path}?watch=1`))).toBe('ECONNRESET')
  })
})

test('closing ends every connection, in any state', async () => {
  const server = await open({ scheme: 'https' })
  const heard = [await ask(server, watchList), await ask(server, watchList, { protocol: 'h2' })]
  server.watches[0]?.connection.freeze()
  server.script({ kind: 'hang' })
  const hung = codeOf(ask(server, path))
  await server.until(() => server.requests.length === 3)
  await server[Symbol.asyncDispose]()
  for (const one of heard) expect(await one.end()).not.toBe('end')
  expect(await hung).toBe('ECONNRESET')
  await server.until(() => server.connections.length === 0)
  expect(server.watches).toEqual([])
  await server.close()
})

function told(heard: Heard): readonly string[] {
  return heard.text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))
    .map(({ type, object: { metadata } }) => [type, metadata.name, metadata.resourceVersion].filter(Boolean).join(' '))
}

/** Requests reach the clock some turns of the event loop after they were noted. */
async function pendingIs(clock: FakeClock, count: number): Promise<void> {
  while (clock.pending !== count) await new Promise((resolve) => setImmediate(resolve))
}
