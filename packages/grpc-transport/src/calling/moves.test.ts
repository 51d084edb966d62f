import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { open, until, within } from '../testing/field.ts'
import { bareServer, MutePeer, refusing, TestServer } from '../testing/servers.ts'
import { evenkeelErrorOf } from './call-log.ts'

describe('a call that was not sent', () => {
  test('moves past peers that refuse connections, free of budget', async () => {
    const well = await TestServer.listen('well')
    const field = open([await refusing(), await refusing(), well.locator], { retry: { maxAttempts: 1 } })
    expect(await field.unary()).toBe('well')
    expect(field.attempts.map(({ outcome }) => outcome.fate)).toEqual(['unprocessed', 'unprocessed', 'answered'])
    expect(field.inFlight).toBe(0)
  })

  test('moves past a peer that never sends its SETTINGS, and the socket is ended', async () => {
    const mute = await MutePeer.listen()
    const well = await TestServer.listen('well')
    const field = open([mute.locator, well.locator], { connectMs: 100 })
    expect(await field.unary()).toBe('well')
    await until(() => mute.sockets.size === 0)
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'unprocessed', verdict: 'bad', fault: 'network' })
  })

  test('moves when it is a stream of any kind', async () => {
    const well = await TestServer.listen('well')
    const field = open([await refusing(), well.locator])
    const messages: string[] = []
    for await (const message of field.client.serverStream(Buffer.from('x'))) messages.push(message.toString())
    expect(messages).toEqual(['well'])
    const answer = await new Promise((resolve, reject) => {
      const call = open([field.peers[0]?.locator ?? '', well.locator]).client.clientStream((error, count) =>
        error === null ? resolve(count.toString()) : reject(error),
      )
      call.write(Buffer.from('1'))
      call.write(Buffer.from('2'))
      call.end()
    })
    expect(answer).toBe('well 2')
  })

  test('fails after three moves and says to whom it went', async () => {
    const field = open([await refusing(), await refusing(), await refusing(), await refusing(), await refusing()])
    const error = await field.failure()
    expect(error.code).toBe(status.UNAVAILABLE)
    expect(error.details).toMatch(/^EVENKEEL_CONNECT_FAILED: .*ECONNREFUSED.*user-service.*127\.0\.0\.1:\d+/)
    expect(field.attempts).toHaveLength(4)
    expect(field.inFlight).toBe(0)
  })

  test('has its deadline while it connects', async () => {
    const mute = await MutePeer.listen()
    const field = open([mute.locator], { connectMs: 60_000 })
    expect((await field.failure({ options: within(100) })).code).toBe(status.DEADLINE_EXCEEDED)
    expect(field.inFlight).toBe(0)
  })

  test('goes elsewhere when half of its time has gone by without a connection', async () => {
    const mute = await MutePeer.listen()
    const well = await TestServer.listen('well')
    const field = open([mute.locator, well.locator], { connectMs: 60_000 })
    expect(await field.unary({ options: within(2_000) })).toBe('well')
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'unprocessed', verdict: 'cancelled' })
  })

  test('moves when its stream was refused', async () => {
    const { locator } = await bareServer((stream) => stream.close(7))
    const well = await TestServer.listen('well')
    const field = open([locator, well.locator])
    expect(await field.unary()).toBe('well')
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'unprocessed', verdict: 'bad' })
  })

  test('moves up to three times when streams are refused, and what is left says that nothing was done', async () => {
    let refusals = 0
    const refuser = async (): Promise<string> => {
      const { locator } = await bareServer((stream) => {
        refusals++
        stream.close(7)
      })
      return locator
    }
    const three = [await refuser(), await refuser(), await refuser()]
    const well = await TestServer.listen('well')
    expect(await open([...three, well.locator], { retry: { maxAttempts: 1 } }).unary()).toBe('well')
    expect(refusals).toBe(3)
    const error = await open([...three, await refuser(), well.locator]).failure()
    expect(error.code).toBe(status.UNAVAILABLE)
    expect(evenkeelErrorOf(error)).toMatchObject({ code: 'EVENKEEL_REQUEST_REFUSED', fate: 'unprocessed' })
    expect(refusals).toBe(7)
  })

  test('whose stream is reset after its time is over is late, as with grpc-go', async () => {
    const { locator } = await bareServer((stream) => {
      // The server's timer is the first: this process does not get to its own before the reset is there.
      const end = performance.now() + 60
      while (performance.now() < end);
      stream.close(8)
    })
    expect((await open([locator]).failure({ options: within(30) })).code).toBe(status.DEADLINE_EXCEEDED)
  })

  test('goes to nobody when its own time is over in the line', async () => {
    const field = open([], { failfastMs: 60_000 })
    const error = await field.failure({ options: within(50) })
    expect(error.code).toBe(status.DEADLINE_EXCEEDED)
    expect(field.waiting).toBe(0)
  })

  test('is told why there is nobody', async () => {
    const field = open([], { failfastMs: 200 })
    const error = await field.failure()
    expect(error.code).toBe(status.UNAVAILABLE)
    expect(error.details).toMatch(/^EVENKEEL_(?:NO_ENDPOINTS|FAILFAST): .* \[user-service\]/)
  })

  test('is refused when the line is full', async () => {
    const field = open([], { maxWaiting: 1, failfastMs: 60_000 })
    const first = field.failure({ options: within(500) })
    await until(() => field.waiting === 1)
    expect((await field.failure()).details).toContain('EVENKEEL_QUEUE_FULL')
    await first
  })
})
