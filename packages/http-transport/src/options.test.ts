import { roundRobin, staticEndpoints, systemClock, upstreams } from '@evenkeel/core'
import { manualResolver } from '@evenkeel/core/testing'
import { describe, expect, test } from 'vitest'
import { BalancedDispatcher } from './dispatcher.ts'
import { type HttpOptions, readSettings, readShared, type SharedOptions } from './options.ts'

describe('readSettings', () => {
  test('has the defaults of the documentation', () => {
    const { balancer, clock, ...settings } = readSettings({}, systemClock)
    expect(clock).toBe(systemClock)
    expect(balancer.policies.map(({ name }) => name)).toEqual(['peakEwma(10000)'])
    expect(balancer.maxInFlightPerPeer).toBe(64)
    expect(settings).toEqual({
      connectMs: 1_000,
      headMs: 30_000,
      totalMs: Number.POSITIVE_INFINITY,
      bodyMs: 300_000,
      keptBodyBytes: 65_536,
      perPeer: 64,
      idlePerPeer: 10,
      idleInAll: 100,
      idleMs: 30_000,
      hintMarginMs: 1_000,
      connect: {},
    })
  })

  test('undefined means the default, as if it were not there', () => {
    const given = { connectMs: undefined, connections: { perPeer: undefined }, policies: undefined }
    expect(readSettings(given, systemClock)).toMatchObject({ connectMs: 1_000, perPeer: 64 })
  })

  test.each<[HttpOptions, string]>([
    [{ connectMs: 0 }, 'connectMs: 0 (expected: > 0)'],
    [{ connectMs: Number.NaN }, 'connectMs: NaN (expected: > 0)'],
    [{ headMs: -1 }, 'headMs: -1 (expected: >= 0)'],
    [{ totalMs: 0 }, 'totalMs: 0 (expected: > 0)'],
    [{ bodyMs: -1 }, 'bodyMs: -1 (expected: >= 0)'],
    [{ keptBodyBytes: -1 }, 'keptBodyBytes: -1 (expected: >= 0)'],
    [{ connections: { perPeer: 0 } }, 'connections.perPeer: 0 (expected: a whole number of at least 1)'],
    [{ connections: { perPeer: 1.5 } }, 'connections.perPeer: 1.5 (expected: a whole number of at least 1)'],
    [{ connections: { idlePerPeer: -1 } }, 'connections.idlePerPeer: -1 (expected: >= 0)'],
    [{ connections: { idleInAll: Number.NaN } }, 'connections.idleInAll: NaN (expected: >= 0)'],
    [{ connections: { idleMs: 0 } }, 'connections.idleMs: 0 (expected: > 0)'],
    [{ connections: { hintMarginMs: -1 } }, 'connections.hintMarginMs: -1 (expected: >= 0)'],
  ])('refuses %j', (options, text) => {
    expect(() => readSettings(options, systemClock)).toThrow(
      expect.objectContaining({ code: 'EVENKEEL_INVALID_OPTION', message: expect.stringContaining(text) }),
    )
  })
})

describe('readShared', () => {
  test('upstreams that were handed in are not ours to close', async () => {
    const shared = upstreams({ resolver: manualResolver() })
    expect(readShared({ upstreams: shared })).toEqual({ shared, own: false })
    await shared[Symbol.asyncDispose]()
  })

  test('upstreams that were made from a resolver are', async () => {
    const { shared, own } = readShared({ resolver: manualResolver() })
    expect(own).toBe(true)
    await shared[Symbol.asyncDispose]()
  })

  test('one of the two is needed', () => {
    expect(() => readShared({} as SharedOptions)).toThrow('resolver: undefined (expected: a resolver, or upstreams)')
  })
})

describe('a dispatcher', () => {
  const resolver = staticEndpoints({ 'user-service': [] })

  test('refuses a target that no resolver answers for', () => {
    expect(() => new BalancedDispatcher('other', { resolver })).toThrow(
      expect.objectContaining({ code: 'EVENKEEL_NOT_CLAIMED' }),
    )
  })

  test('refuses a text that is no target', () => {
    expect(() => new BalancedDispatcher('http://user-service', { resolver })).toThrow(
      expect.objectContaining({ code: 'EVENKEEL_INVALID_TARGET' }),
    )
  })

  test('refuses two policies of the same name', () => {
    expect(() => new BalancedDispatcher('user-service', { resolver, policies: [roundRobin(), roundRobin()] })).toThrow(
      'policies: "roundRobin" (expected: each policy once)',
    )
  })
})
