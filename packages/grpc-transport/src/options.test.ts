import { leastRequest, roundRobin, staticEndpoints, upstreams } from '@evenkeel/core'
import { manualResolver } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BalancedChannelOptions, balancedChannel } from './channel.ts'
import type { GrpcOptions } from './options.ts'
import { open, until } from './testing/field.ts'
import { TestServer } from './testing/servers.ts'

const resolver = staticEndpoints({ 'user-service:grpc': ['127.0.0.1:1'] })

describe('options', () => {
  test.each<readonly [string, GrpcOptions]>([
    ['connectMs', { connectMs: 0 }],
    ['attemptMs', { attemptMs: -1 }],
    ['connections.perPeer', { connections: { perPeer: 1.5 } }],
    ['connections.idleMs', { connections: { idleMs: 0 } }],
    ['repeatable', { repeatable: ['/shop.Catalog/List'] }],
    ['maxInFlightPerPeer', { maxInFlightPerPeer: 0 }],
  ])('%s is refused by name', (name, options) => {
    expect(() => balancedChannel('user-service:grpc', { resolver, ...options })).toThrow(
      expect.objectContaining({ code: 'EVENKEEL_INVALID_OPTION', message: expect.stringContaining(name) }),
    )
  })

  test('a resolver or upstreams is required', () => {
    expect(() => balancedChannel('user-service:grpc', {} as BalancedChannelOptions)).toThrow('resolver')
  })

  test('a text that is no target and a target that nobody answers for are refused', async () => {
    const { resolver: nobody } = { resolver: staticEndpoints({}) }
    expect(() => balancedChannel('user_service', { resolver })).toThrow('EVENKEEL_INVALID_TARGET')
    expect(() => balancedChannel('other-service', { resolver: nobody })).toThrow('EVENKEEL_NOT_CLAIMED')
  })

  test('the address names the service, with a number of a port and without its name', async () => {
    const claims = manualResolver()
    const addressOf = (target: string): string => {
      const channel = balancedChannel(target, { resolver: claims })
      onTestFinished(() => channel.close())
      return channel.address
    }
    expect(addressOf('user-service.shop.svc.cluster.local:8080')).toBe('evenkeel:///user-service.shop:8080')
    expect(addressOf('user-service:grpc')).toBe('evenkeel:///user-service')
  })

  test('a policy is chosen by method, and traces may print the options', async () => {
    const servers = await Promise.all(['a', 'b'].map((name) => TestServer.listen(name)))
    const policyOf = (method: string): string | undefined => (method === '/test.Echo/Safe' ? 'roundRobin' : undefined)
    const field = open(
      servers.map(({ locator }) => locator),
      { policies: [leastRequest(), roundRobin()], policyOf },
    )
    const answers = []
    for (let call = 0; call < 4; call++) answers.push(await field.unary({ method: 'safe' }))
    expect(answers[0]).not.toBe(answers[1])
    expect([answers[2], answers[3]]).toEqual([answers[0], answers[1]])
    expect(JSON.stringify(field.channel.options)).toContain('"user-service"')
  })

  test('calls beyond the limit of a pod wait in the line', async () => {
    const server = await TestServer.listen('a')
    const finish: (() => void)[] = []
    server.answer = (_call, answer) => void finish.push(() => answer(null, Buffer.from('a')))
    const field = open([server.locator], { maxInFlightPerPeer: 1 })
    const calls = [field.unary(), field.unary()]
    await until(() => field.waiting === 1 && finish.length === 1)
    finish[0]?.()
    await until(() => finish.length === 2)
    finish[1]?.()
    expect(await Promise.all(calls)).toEqual(['a', 'a'])
    expect([field.inFlight, field.waiting]).toEqual([0, 0])
  })

  test('channels that are given the same upstreams share their peers', async () => {
    const server = await TestServer.listen('a')
    const shared = upstreams({ resolver: staticEndpoints({ 'user-service': [server.locator] }) })
    const [first, second] = [0, 1].map(() => balancedChannel('user-service', { upstreams: shared }))
    onTestFinished(async () => {
      await first?.close()
      await second?.close()
      await shared[Symbol.asyncDispose]()
    })
    expect(first?.inspect().peers[0]?.shares).toHaveLength(2)
    await first?.close()
    expect(second?.inspect().peers[0]?.shares).toHaveLength(1)
  })

  test('a proxy of the environment does not take the place of discovery', async () => {
    vi.stubEnv('grpc_proxy', 'http://127.0.0.1:1')
    onTestFinished(() => void vi.unstubAllEnvs())
    const server = await TestServer.listen('a')
    expect(await open([server.locator]).unary()).toBe('a')
  })
})
