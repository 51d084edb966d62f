import { leastRequest, roundRobin } from '@evenkeel/core'
import { connectivityState, credentials, Metadata, status } from '@grpc/grpc-js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EchoClient } from '../testing/echo-service.ts'
import { open, until, within } from '../testing/field.ts'
import { bareServer, refusing, TestServer } from '../testing/servers.ts'

function ready(field: ReturnType<typeof open>, ms: number): Promise<Error | undefined> {
  return new Promise((resolve) => field.client.waitForReady(Date.now() + ms, resolve))
}

describe('connections', () => {
  test('are opened only to peers that are picked', async () => {
    const servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => TestServer.listen(name)))
    const field = open(
      servers.map(({ locator }) => locator),
      { policies: [leastRequest()] },
    )
    await Promise.all([field.unary(), field.unary()])
    expect(servers.reduce((sum, { accepted }) => sum + accepted, 0)).toBeLessThanOrEqual(3)
  })

  test('are used by a peer that joins as soon as it is there', async () => {
    const servers = await Promise.all(['a', 'b', 'c'].map((name) => TestServer.listen(name)))
    const [a, b, c] = servers.map(({ locator }) => locator)
    const field = open([a ?? ''], { policies: [roundRobin()] })
    await field.unary()
    field.resolver.set('user-service', [a ?? '', b ?? '', c ?? ''])
    const answers = await Promise.all([field.unary(), field.unary(), field.unary()])
    expect(answers.sort()).toEqual(['a', 'b', 'c'])
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 1, 1])
  })

  test('stay over updates of the set that keep their peer', async () => {
    const server = await TestServer.listen('a')
    const other = await refusing()
    const field = open([server.locator])
    for (let update = 0; update < 5; update++) {
      await field.unary()
      field.resolver.set('user-service', update % 2 === 0 ? [server.locator, other] : [server.locator])
    }
    expect(server.accepted).toBe(1)
  })

  test('to a peer that left close when their streams have ended, and not before', async () => {
    const first = await TestServer.listen('first')
    const second = await TestServer.listen('second')
    const field = open([first.locator, second.locator])
    const stream = field.client.duplex()
    stream.on('error', () => undefined)
    const echo = (text: string): Promise<string> =>
      new Promise((resolve) => {
        stream.once('data', (bytes: Buffer) => resolve(bytes.toString()))
        stream.write(Buffer.from(text))
      })
    expect(await echo('before')).toBe('before')
    field.resolver.set('user-service', [second.locator])
    expect(await field.unary()).toBe('second')
    expect(await echo('after')).toBe('after')
    expect(first.sockets.size).toBe(1)
    stream.end()
    await until(() => first.sockets.size === 0)
    expect(second.sockets.size).toBe(1)
  })

  test('that nobody uses are closed, and opened again', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator], { connections: { idleMs: 60 } })
    await field.unary()
    await until(() => server.sockets.size === 0)
    await until(() => field.client.getChannel().getConnectivityState(false) === connectivityState.IDLE)
    expect(await field.unary()).toBe('a')
    expect(server.accepted).toBe(2)
  })

  test('are added to a peer whose stream limit is reached', async () => {
    const server = await TestServer.listen('a', { 'grpc.max_concurrent_streams': 2 })
    const field = open([server.locator])
    const streams = []
    for (let count = 0; count < 5; count++) {
      const stream = field.client.serverStream(Buffer.from('stay'))
      stream.on('error', () => undefined)
      streams.push(stream)
      await new Promise((resolve) => stream.once('data', resolve))
    }
    expect([server.accepted, server.streams, field.inFlight]).toEqual([3, 5, 5])
    for (const stream of streams) stream.cancel()
    await until(() => field.inFlight === 0)
  })

  test('are not added beyond the bound: calls wait on the emptiest', async () => {
    const server = await TestServer.listen('a', { 'grpc.max_concurrent_streams': 1 })
    const field = open([server.locator], { connections: { perPeer: 2 } })
    const calls = await Promise.all(Array.from({ length: 10 }, () => field.unary()))
    expect(calls).toEqual(Array.from({ length: 10 }, () => 'a'))
    expect(server.accepted).toBeLessThanOrEqual(2)
  })

  test('that say GOAWAY finish what is on them; the next call opens another', async () => {
    let finish: (() => void) | undefined
    const server = await bareServer((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      finish = () => stream.end(Buffer.from([0, 0, 0, 0, 1, 120]))
    })
    const field = open([server.locator])
    const first = field.unary()
    await until(() => finish !== undefined)
    const [session] = server.sessions
    session?.goaway(0)
    const firstFinish = finish
    finish = undefined
    await until(() => field.client.getChannel().getConnectivityState(false) === connectivityState.IDLE)
    const second = field.unary()
    await until(() => finish !== undefined)
    firstFinish?.()
    ;(finish as (() => void) | undefined)?.()
    expect(await Promise.all([first, second])).toEqual(['x', 'x'])
    // The second one within a second would be a sign that the peer is going.
    expect(field.peers[0]?.standing).toBe('open')
  })

  test('that two clients share and that say GOAWAY once mark nobody', async () => {
    const server = await bareServer((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from([0, 0, 0, 0, 1, 120]))
    })
    const field = open([server.locator])
    const other = new EchoClient(field.channel.address, credentials.createInsecure(), field.channel.options)
    onTestFinished(() => other.close())
    await field.unary()
    await new Promise<void>((resolve, reject) =>
      other.unary(Buffer.from('x'), new Metadata(), within(5_000), (error) =>
        error === null ? resolve() : reject(error),
      ),
    )
    const [session] = server.sessions
    expect(server.sessions.size).toBe(1)
    session?.goaway(0)
    await until(() => other.getChannel().getConnectivityState(false) === connectivityState.IDLE)
    await until(() => field.client.getChannel().getConnectivityState(false) === connectivityState.IDLE)
    expect(field.peers[0]?.standing).toBe('open')
  })

  test('that say GOAWAY twice within a second mark the peer as leaving', async () => {
    const server = await bareServer((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from([0, 0, 0, 0, 1, 120]))
      stream.session?.goaway(0)
    })
    const well = await TestServer.listen('well')
    const field = open([server.locator, well.locator])
    await field.unary()
    await until(() => field.client.getChannel().getConnectivityState(false) === connectivityState.IDLE)
    await field.unary()
    await until(() => field.peers[0]?.standing === 'leaving')
    expect(await field.unary()).toBe('well')
  })

  test('drain with a peer that says so in its metadata', async () => {
    const first = await TestServer.listen('first')
    const second = await TestServer.listen('second')
    first.answer = (call, answer) => {
      const head = call.metadata.clone()
      head.set('evenkeel-drain', '1')
      call.sendMetadata(head)
      answer(null, Buffer.from('first'))
    }
    const field = open([first.locator, second.locator])
    expect(await field.unary()).toBe('first')
    expect(field.peers[0]?.standing).toBe('leaving')
    expect(await field.unary()).toBe('second')
    await until(() => first.sockets.size === 0)
  })

  test('are made in advance for a client that waits for ready', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator])
    expect(await ready(field, 5_000)).toBeUndefined()
    expect(server.accepted).toBe(1)
    const none = open([await refusing()])
    expect(await ready(none, 50)).toBeInstanceOf(Error)
  })

  test('are awaited by a call that waits for ready, until there is somebody', async () => {
    const field = open([await refusing()])
    const call = field.unary({ metadata: { waitForReady: true } })
    await until(() => field.attempts.length > 3)
    const server = await TestServer.listen('a')
    field.resolver.set('user-service', [server.locator])
    expect(await call).toBe('a')
    expect(field.inFlight).toBe(0)
  })

  test('are awaited by a call that waits for ready while the service has nobody', async () => {
    const field = open([], { failfastMs: 1 })
    await field.failure()
    const call = field.unary({ metadata: { waitForReady: true } })
    const server = await TestServer.listen('a')
    field.resolver.set('user-service', [server.locator])
    expect(await call).toBe('a')
  })

  test('go idle with the channel and come back with the next call', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator], { channelOptions: { 'grpc.client_idle_timeout_ms': 1_000 } })
    await field.unary()
    await until(() => server.sockets.size === 0)
    expect(field.client.getChannel().getConnectivityState(false)).toBe(connectivityState.IDLE)
    expect(await field.unary()).toBe('a')
    expect(field.inFlight).toBe(0)
  })

  test('are not blamed on a peer that died and came back at its place', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator])
    await field.unary()
    server.cut()
    await until(() => server.sockets.size === 0)
    await until(() => field.client.getChannel().getConnectivityState(false) !== connectivityState.READY)
    expect(await field.unary()).toBe('a')
  })
})

describe('close', () => {
  test('waits for what is under way, refuses what comes, and leaves nothing', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator])
    let finish: (() => void) | undefined
    server.answer = (_call, answer) => {
      finish = () => answer(null, Buffer.from('at last'))
    }
    const call = field.unary()
    await until(() => finish !== undefined)
    const closing = field.channel.close()
    expect((await field.failure()).details).toContain('EVENKEEL_CLOSED')
    finish?.()
    expect(await call).toBe('at last')
    await closing
    await until(() => server.sockets.size === 0)
    // The words of grpc-js for a channel that was closed.
    await expect(field.unary()).rejects.toThrow('Channel has been shut down')
  })

  test('ends the channels that were made for clients that take one', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator])
    const channel = field.channel.channel(credentials.createInsecure())
    channel.getConnectivityState(true)
    await until(() => channel.getConnectivityState(false) === connectivityState.READY)
    await field.channel.close()
    expect(channel.getConnectivityState(false)).toBe(connectivityState.SHUTDOWN)
    await until(() => server.sockets.size === 0)
  })

  test('ends a wait for ready', async () => {
    const field = open([await refusing()])
    const error = field.failure({ metadata: { waitForReady: true }, options: within(300) })
    await until(() => field.attempts.length > 0)
    expect((await error).code).toBe(status.DEADLINE_EXCEEDED)
    await field.channel.close()
    expect(field.inFlight).toBe(0)
  })
})
