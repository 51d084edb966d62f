import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { open, until, within } from '../testing/field.ts'
import { failWith, silent, TestServer } from '../testing/servers.ts'

async function two(): Promise<readonly [TestServer, TestServer]> {
  return [await TestServer.listen('first'), await TestServer.listen('second')]
}

const repeatable = { repeatable: ['test.Echo/Safe'] }

describe('a call that may have been processed', () => {
  test('is not repeated unless it is marked', async () => {
    const [first, second] = await two()
    first.answer = failWith(status.UNAVAILABLE)
    const field = open([first.locator, second.locator], repeatable)
    const error = await field.failure()
    expect([error.code, error.details]).toEqual([status.UNAVAILABLE, 'it is UNAVAILABLE'])
    expect([first.seen.length, second.seen.length]).toEqual([1, 0])
  })

  test('is not repeated unmarked when its connection is cut', async () => {
    const [first, second] = await two()
    first.answer = () => first.cut()
    const field = open([first.locator, second.locator], repeatable)
    expect((await field.failure()).code).toBe(status.UNAVAILABLE)
    expect([first.seen.length, second.seen.length]).toEqual([1, 0])
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'maybe-processed', verdict: 'bad', fault: 'endpoint' })
  })

  test.each(['UNAVAILABLE', 'cut', 'stopped'] as const)(
    'is repeated on an untried peer when it is marked: %s',
    async (how) => {
      const [first, second] = await two()
      first.answer =
        how === 'UNAVAILABLE'
          ? failWith(status.UNAVAILABLE)
          : () => (how === 'cut' ? first.cut() : first.server.forceShutdown())
      const field = open([first.locator, second.locator], repeatable)
      expect(await field.unary({ method: 'safe' })).toBe('second')
      expect([first.seen.length, second.seen.length]).toEqual([1, 1])
      expect(field.inFlight).toBe(0)
    },
  )

  test('is marked by a service, by its metadata, or by a retry policy', async () => {
    const [first, second] = await two()
    first.answer = failWith(status.UNAVAILABLE)
    const locators = [first.locator, second.locator]
    expect(await open(locators, { repeatable: ['test.Echo'] }).unary()).toBe('second')
    expect(await open(locators).unary({ metadata: { idempotentRequest: true } })).toBe('second')
    const retryPolicy = {
      maxAttempts: 2,
      initialBackoff: '0.01s',
      maxBackoff: '0.1s',
      backoffMultiplier: 2,
      retryableStatusCodes: ['UNAVAILABLE'],
    }
    const config = { methodConfig: [{ name: [{ service: 'test.Echo', method: 'Unary' }], retryPolicy }] }
    const channelOptions = { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [], ...config }) }
    expect(await open(locators, { channelOptions }).unary()).toBe('second')
  })

  test('gets the status of its first attempt when the budget is empty', async () => {
    const [first, second] = await two()
    first.answer = failWith(status.UNAVAILABLE, { 'x-detail': 'kept' })
    const field = open([first.locator, second.locator], {
      ...repeatable,
      retry: { budget: { ratio: 0, minPerSecond: 0 } },
    })
    const error = await field.failure({ method: 'safe' })
    expect([error.code, error.details, error.metadata.get('x-detail')]).toEqual([14, 'it is UNAVAILABLE', ['kept']])
    expect(error.metadata.get('grpc-retry-pushback-ms')).toEqual([])
    expect(second.seen).toEqual([])
  })

  test('is made as often as the rules of the upstream allow', async () => {
    const servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => TestServer.listen(name)))
    for (const server of servers) server.answer = failWith(status.UNAVAILABLE)
    const field = open(
      servers.map(({ locator }) => locator),
      { ...repeatable, retry: { maxAttempts: 3 } },
    )
    expect((await field.failure({ method: 'safe' })).code).toBe(status.UNAVAILABLE)
    expect(servers.map(({ seen }) => seen.length)).toEqual([1, 1, 1, 0])
  })

  test('is not repeated for a code that speaks of the request', async () => {
    const [first, second] = await two()
    first.answer = failWith(status.NOT_FOUND)
    const field = open([first.locator, second.locator], repeatable)
    expect((await field.failure({ method: 'safe' })).code).toBe(status.NOT_FOUND)
    expect(second.seen).toEqual([])
    expect(field.attempts[0]?.outcome.verdict).toBe('good')
  })

  test('of an overloaded server is repeated only if that says when', async () => {
    const [first, second] = await two()
    const field = open([first.locator, second.locator], repeatable)
    first.answer = failWith(status.RESOURCE_EXHAUSTED)
    expect((await field.failure({ method: 'safe' })).code).toBe(status.RESOURCE_EXHAUSTED)
    first.answer = failWith(status.RESOURCE_EXHAUSTED, { 'grpc-retry-pushback-ms': '5' })
    expect(await field.unary({ method: 'safe' })).toBe('second')
  })

  test('is not repeated if the server forbids it', async () => {
    const [first, second] = await two()
    first.answer = failWith(status.UNAVAILABLE, { 'grpc-retry-pushback-ms': '-1' })
    const field = open([first.locator, second.locator], repeatable)
    expect((await field.failure({ method: 'safe' })).code).toBe(status.UNAVAILABLE)
    expect(second.seen).toEqual([])
  })

  test('leaves a silent peer in time, and the next calls go on another connection', async () => {
    const [first, second] = await two()
    first.answer = silent
    const field = open([first.locator, second.locator], { ...repeatable, attemptMs: 50 })
    expect(await field.unary({ method: 'safe' })).toBe('second')
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'maybe-processed', verdict: 'bad' })
    first.answer = (_call, answer) => answer(null, Buffer.from('well again'))
    expect(await field.unary()).toBe('well again')
    expect(first.accepted).toBe(2)
  })

  test('leaves a silent peer and keeps the connection if others are answered on it', async () => {
    const [first, second] = await two()
    let hung = 0
    first.answer = (call, answer) => {
      if (call.request.toString() === 'hang') hung++
      else answer(null, Buffer.from('first'))
    }
    const field = open([first.locator, second.locator], { ...repeatable, attemptMs: 80 })
    const call = field.unary({ method: 'safe', message: 'hang' })
    await until(() => hung === 1)
    second.answer = (_call, answer) => answer(null, Buffer.from('second'))
    expect(await field.unary()).toBe('first')
    expect(await call).toBe('second')
    expect(await field.unary()).toBe('first')
    expect(first.accepted).toBe(1)
  })

  test('leaves a silent peer after half of its deadline', async () => {
    const [first, second] = await two()
    first.answer = silent
    const field = open([first.locator, second.locator], repeatable)
    expect(await field.unary({ method: 'safe', options: within(400) })).toBe('second')
    expect(field.attempts[0]?.ms).toBeGreaterThan(150)
  })

  test('waits for a silent peer when it is not marked, whom the deadline then speaks against', async () => {
    const [first, second] = await two()
    first.answer = silent
    const field = open([first.locator, second.locator], { attemptMs: 50 })
    expect((await field.failure({ options: within(200) })).code).toBe(status.DEADLINE_EXCEEDED)
    expect(second.seen).toEqual([])
    expect(field.attempts[0]?.outcome).toMatchObject({ fate: 'maybe-processed', verdict: 'bad' })
  })

  test('stays with a silent peer when no other attempt is permitted', async () => {
    const [first, second] = await two()
    let late: (() => void) | undefined
    first.answer = (_call, answer) => {
      late = () => answer(null, Buffer.from('late'))
    }
    const field = open([first.locator, second.locator], { ...repeatable, attemptMs: 20, retry: { maxAttempts: 1 } })
    const call = field.unary({ method: 'safe' })
    await until(() => late !== undefined && (field.peers[0]?.silentMs ?? 0) > 60)
    late?.()
    expect(await call).toBe('late')
  })

  test('is hedged on an untried peer, and the loser teaches nothing to guards', async () => {
    const [first, second] = await two()
    first.answer = silent
    const hedgingPolicy = { maxAttempts: 2, hedgingDelay: '0.03s', nonFatalStatusCodes: ['UNAVAILABLE'] }
    const config = { loadBalancingConfig: [], methodConfig: [{ name: [{}], hedgingPolicy }] }
    const field = open([first.locator, second.locator], {
      channelOptions: { 'grpc.service_config': JSON.stringify(config) },
    })
    expect(await field.unary()).toBe('second')
    await until(() => field.inFlight === 0)
    expect(field.attempts.map(({ outcome }) => outcome.verdict).sort()).toEqual(['cancelled', 'good'])
  })

  test('is not hedged without budget, and the first attempt goes on', async () => {
    const [first, second] = await two()
    let late: (() => void) | undefined
    first.answer = (_call, answer) => {
      late = () => answer(null, Buffer.from('late'))
    }
    const hedgingPolicy = { maxAttempts: 2, hedgingDelay: '0.02s', nonFatalStatusCodes: ['UNAVAILABLE'] }
    const config = { loadBalancingConfig: [], methodConfig: [{ name: [{}], hedgingPolicy }] }
    const field = open([first.locator, second.locator], {
      channelOptions: { 'grpc.service_config': JSON.stringify(config) },
      retry: { budget: { ratio: 0, minPerSecond: 0 } },
    })
    const call = field.unary()
    await until(() => late !== undefined && (field.peers[0]?.silentMs ?? 0) > 80)
    late?.()
    expect(await call).toBe('late')
    expect(second.seen).toEqual([])
    expect(field.inFlight).toBe(0)
  })
})
