import { InterceptingCall, Metadata, status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { open, within } from '../testing/field.ts'
import { failWith, refusing, silent, TestServer } from '../testing/servers.ts'
import { MethodConfigs } from './method-configs.ts'

function config(methodConfig: readonly object[], more: object = {}) {
  const text = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }], methodConfig, ...more })
  return { channelOptions: { 'grpc.service_config': text } }
}

const unary = [{ service: 'test.Echo', method: 'Unary' }]

describe('the service config of a user', () => {
  test('ends calls after its timeout', async () => {
    const server = await TestServer.listen('a')
    server.answer = silent
    const field = open([server.locator], config([{ name: unary, timeout: '0.1s' }]))
    expect((await field.failure()).code).toBe(status.DEADLINE_EXCEEDED)
    expect(field.attempts[0]?.ms).toBeLessThan(5_000)
    expect(field.inFlight).toBe(0)
  })

  test('lets calls wait for ready', async () => {
    const field = open([await refusing()], config([{ name: unary, waitForReady: true }]))
    expect((await field.failure({ options: within(300) })).code).toBe(status.DEADLINE_EXCEEDED)
  })

  test('repeats the codes of its retry policy, as often as that says', async () => {
    const servers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => TestServer.listen(name)))
    for (const server of servers) server.answer = failWith(status.ABORTED)
    const retryPolicy = {
      maxAttempts: 4,
      initialBackoff: '0.01s',
      maxBackoff: '0.02s',
      backoffMultiplier: 1,
      retryableStatusCodes: ['ABORTED'],
    }
    const locators = servers.map(({ locator }) => locator)
    const field = open(locators, config([{ name: unary, retryPolicy }]))
    expect((await field.failure()).code).toBe(status.ABORTED)
    expect(servers.map(({ seen }) => seen.length)).toEqual([1, 1, 1, 1, 0])
    // Of another method it says nothing.
    expect((await field.failure({ method: 'safe' })).code).toBe(status.ABORTED)
    expect(servers.map(({ seen }) => seen.length)).toEqual([2, 1, 1, 1, 0])
  })

  test('keeps its budget: within that of the upstream', async () => {
    const servers = await Promise.all(['a', 'b'].map((name) => TestServer.listen(name)))
    for (const server of servers) server.answer = failWith(status.UNAVAILABLE)
    const retryPolicy = {
      maxAttempts: 3,
      initialBackoff: '0.01s',
      maxBackoff: '0.02s',
      backoffMultiplier: 1,
      retryableStatusCodes: [14],
    }
    const field = open(
      servers.map(({ locator }) => locator),
      { ...config([{ name: unary, retryPolicy }]), retry: { budget: { ratio: 0, minPerSecond: 0 } } },
    )
    expect((await field.failure()).code).toBe(status.UNAVAILABLE)
    expect(servers.map(({ seen }) => seen.length)).toEqual([1, 0])
  })

  test('that grpc-js does not accept is refused', () => {
    expect(() => open([], config([{ name: unary, timeout: 'soon' }]))).toThrow('timeout')
  })

  test('is searched as grpc-js does: method, then service, then all', () => {
    const methodConfig = [
      { name: [{}], timeout: '1s' },
      { name: [{ service: 'a.B' }], timeout: '2s' },
      { name: [{ service: 'a.B', method: 'C' }], timeout: '3.5s' },
    ]
    const configs = new MethodConfigs(JSON.stringify({ methodConfig }))
    expect(configs.of('/a.B/C').timeout).toEqual({ seconds: 3, nanos: 500_000_000 })
    expect(configs.of('/a.B/D').timeout?.seconds).toBe(2)
    expect(configs.of('/e.F/C').timeout?.seconds).toBe(1)
    expect(new MethodConfigs(undefined).of('/a.B/C')).toEqual({ name: [] })
  })
})

describe('what passes through untouched', () => {
  test('interceptors, metadata in both directions, details, trailers, compression', async () => {
    const server = await TestServer.listen('a')
    const heard: Metadata[] = []
    server.answer = (call, answer) => {
      heard.push(call.metadata)
      const head = new Metadata()
      head.set('x-head', 'h')
      call.sendMetadata(head)
      const trailers = new Metadata()
      trailers.set('x-trailer-bin', Buffer.from([1, 2]))
      if (call.request.toString() === 'fail') answer({ code: status.ABORTED, details: 'détail', metadata: trailers })
      else answer(null, call.request, trailers)
    }
    const field = open([server.locator], { channelOptions: { 'grpc.default_compression_algorithm': 2 } })
    const seen: string[] = []
    const metadata = new Metadata()
    metadata.set('x-ask', 'me')
    const call = (message: string) =>
      new Promise<string>((resolve) => {
        const one = field.client.unary(
          Buffer.from(message),
          metadata,
          {
            interceptors: [
              (options, next) =>
                new InterceptingCall(next(options), {
                  start(given, listener, go) {
                    given.set('x-intercepted', 'yes')
                    go(given, listener)
                  },
                }),
            ],
          },
          (error, answer) =>
            resolve(
              error === null
                ? answer.toString()
                : `${error.code} ${error.details} ${error.metadata.get('x-trailer-bin')[0]?.toString('hex' as never)}`,
            ),
        )
        one.on('metadata', (head) => seen.push(String(head.get('x-head')[0])))
        one.on('status', ({ code, metadata: trailers }) => seen.push(`${code} ${trailers.get('x-trailer-bin').length}`))
      })
    const long = 'long '.repeat(1_000)
    expect(await call(long)).toBe(long)
    expect(await call('fail')).toBe(`${status.ABORTED} détail 0102`)
    expect([heard[0]?.get('x-ask'), heard[0]?.get('x-intercepted')]).toEqual([['me'], ['yes']])
    expect(heard[0]?.get(':authority')).toEqual([])
    expect(seen.slice(0, 2)).toEqual(['h', '0 1'])
  })
})
