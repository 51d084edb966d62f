import { CallCredentials, credentials, Metadata, status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { type Field, open, service, until, within } from '../testing/field.ts'
import { failWith, MutePeer, refusing, silent, TestServer } from '../testing/servers.ts'
import { evenkeelErrorOf } from './call-log.ts'

/** A unary call that can be cancelled. */
function begin(field: Field, options = within(10_000)) {
  let resolve: (code: status) => void
  const code = new Promise<status>((found) => {
    resolve = found
  })
  const call = field.client.unary(Buffer.from('x'), new Metadata(), options, (error) =>
    resolve(error?.code ?? status.OK),
  )
  return { call, code }
}

describe('in flight returns to 0', () => {
  test('after a success, an error, a stream, and each counts while it lasts', async () => {
    const server = await TestServer.listen('one')
    const field = open([server.locator])
    await field.unary()
    server.answer = failWith(status.INTERNAL)
    await field.failure()
    const stream = field.client.serverStream(Buffer.from('stay'))
    await new Promise((resolve) => stream.once('data', resolve))
    expect(field.inFlight).toBe(1)
    stream.on('error', () => undefined)
    stream.cancel()
    await until(() => field.inFlight === 0)
    expect(field.attempts.map(({ outcome }) => [outcome.fate, outcome.verdict])).toEqual([
      ['answered', 'good'],
      ['answered', 'bad'],
      ['answered', 'cancelled'],
    ])
  })

  test('after a cancel in the same tick, and nothing is sent', async () => {
    const server = await TestServer.listen('one')
    const field = open([server.locator])
    await field.unary()
    for (let count = 0; count < 50; count++) {
      const { call, code } = begin(field)
      call.cancel()
      expect(await code).toBe(status.CANCELLED)
    }
    for (let count = 0; count < 50; count++) {
      const { call, code } = begin(field)
      await Promise.resolve()
      call.cancel()
      expect(await code).toBe(status.CANCELLED)
    }
    expect(field.inFlight).toBe(0)
    await field.unary({ message: 'last' })
    expect(server.seen).toEqual(['x', 'last'])
  })

  test('after a cancel while nobody is connected', async () => {
    const mute = await MutePeer.listen()
    const field = open([mute.locator], { connectMs: 60_000 })
    const { call, code } = begin(field)
    await until(() => field.inFlight === 1)
    call.cancel()
    expect(await code).toBe(status.CANCELLED)
    expect(field.inFlight).toBe(0)
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'unprocessed', verdict: 'cancelled' })
  })

  test('after a cancel in the line', async () => {
    const field = open([], { failfastMs: 60_000 })
    const { call, code } = begin(field)
    await until(() => field.waiting === 1)
    call.cancel()
    expect(await code).toBe(status.CANCELLED)
    expect(field.waiting).toBe(0)
  })

  test('after a cancel and a failure while credentials are awaited', async () => {
    const server = await TestServer.listen('one')
    const asked: ((error: Error | null) => void)[] = []
    const generated = CallCredentials.createFromMetadataGenerator((_options, answer) => {
      asked.push((error) => (error === null ? answer(null, new Metadata()) : answer(error)))
    })
    const field = open([server.locator])
    const options = { ...within(10_000), credentials: generated }
    const { call, code } = begin(field, options)
    await until(() => asked.length === 1)
    expect(field.inFlight).toBe(1)
    call.cancel()
    expect(await code).toBe(status.CANCELLED)
    expect(field.inFlight).toBe(0)
    const second = begin(field, options)
    await until(() => asked.length === 2)
    asked[1]?.(new Error('no token'))
    expect(await second.code).not.toBe(status.OK)
    expect(field.inFlight).toBe(0)
    expect(server.seen).toEqual([])
  })

  test('after a pick whose connection went while credentials were awaited', async () => {
    const first = await TestServer.listen('first')
    const second = await TestServer.listen('second')
    const asked: (() => void)[] = []
    const generated = CallCredentials.createFromMetadataGenerator((_options, answer) => {
      asked.push(() => answer(null, new Metadata()))
    })
    const field = open([first.locator, second.locator])
    const { code } = begin(field, { ...within(10_000), credentials: generated })
    await until(() => asked.length === 1)
    first.kill()
    await until(() => first.sockets.size === 0)
    // The other end has heard of it after the next polls.
    for (let polls = 0; polls < 5; polls++) await new Promise((resolve) => setImmediate(resolve))
    asked[0]?.()
    await until(() => asked.length === 2)
    asked[1]?.()
    expect(await code).toBe(status.OK)
    expect(second.seen).toEqual(['x'])
    expect(field.inFlight).toBe(0)
  })

  test('after a deadline and after a reset', async () => {
    const server = await TestServer.listen('one')
    server.answer = silent
    const field = open([server.locator])
    expect((await field.failure({ options: within(60) })).code).toBe(status.DEADLINE_EXCEEDED)
    expect(field.inFlight).toBe(0)
    server.answer = () => server.cut()
    expect((await field.failure()).code).toBe(status.UNAVAILABLE)
    expect(field.inFlight).toBe(0)
  })

  test('after a deadline that has passed before the call', async () => {
    const server = await TestServer.listen('one')
    const field = open([server.locator])
    expect((await field.failure({ options: within(-5) })).code).toBe(status.DEADLINE_EXCEEDED)
    expect([field.inFlight, server.seen]).toEqual([0, []])
  })

  test('after a client is closed in the middle of everything', async () => {
    const server = await TestServer.listen('one')
    server.answer = silent
    const field = open([server.locator, await refusing()])
    const calls = Array.from({ length: 10 }, () => begin(field))
    await until(() => server.seen.length === 10)
    const waiting = begin(field)
    field.client.close()
    for (const { call } of [...calls, waiting]) call.cancel()
    await Promise.all([...calls, waiting].map(({ code }) => code))
    expect(field.inFlight).toBe(0)
  })

  test('after credentials of the channel that fail', async () => {
    const server = await TestServer.listen('one')
    const field = open([server.locator], { credentials: credentials.createInsecure() })
    const failing = CallCredentials.createFromMetadataGenerator((_options, answer) => answer(new Error('no token')))
    expect(await begin(field, { ...within(5_000), credentials: failing }).code).not.toBe(status.OK)
    expect([field.inFlight, server.seen]).toEqual([0, []])
  })
})

describe('what evenkeel knows of a failure', () => {
  test('is found by the error of grpc-js', async () => {
    const gone = await refusing()
    const lost = evenkeelErrorOf(await open([gone]).failure())
    expect(lost).toMatchObject({ code: 'EVENKEEL_CONNECT_FAILED', fate: 'unprocessed', endpoint: gone, service })
    expect(lost?.attempts.map(({ phase, code }) => [phase, code])).toContainEqual([
      'connect',
      'EVENKEEL_CONNECT_FAILED',
    ])
  })

  test('says that a cut call may have been processed, and that a silent one was late', async () => {
    const server = await TestServer.listen('one')
    server.answer = () => server.cut()
    const field = open([server.locator])
    expect(evenkeelErrorOf(await field.failure())).toMatchObject({
      code: 'EVENKEEL_CONNECTION_LOST',
      fate: 'maybe-processed',
      fault: 'endpoint',
    })
    server.answer = silent
    expect(evenkeelErrorOf(await field.failure({ options: within(60) }))).toMatchObject({
      code: 'EVENKEEL_DEADLINE',
      fate: 'maybe-processed',
    })
  })

  test('is nothing for an answer, for a cancel and for other errors', async () => {
    const server = await TestServer.listen('one')
    server.answer = failWith(status.INTERNAL)
    expect(evenkeelErrorOf(await open([server.locator]).failure())).toBeUndefined()
    expect(evenkeelErrorOf(new Error('other'))).toBeUndefined()
    expect(evenkeelErrorOf(undefined)).toBeUndefined()
  })
})
