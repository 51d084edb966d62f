import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.ts'
import { recordSets } from '../../testing/record-sets.ts'
import { parseTarget } from '../target.ts'
import { staticEndpoints } from './static-endpoints.ts'

const one = '10.0.0.1:80'
const two = '10.0.0.2:80'

describe('which targets are claimed', () => {
  const claims = (lists: Record<string, readonly string[]>, target: string, namespace?: string) =>
    staticEndpoints(lists, { namespace }).claims(parseTarget(target))

  test('exactly the names given, in any form', () => {
    const lists = { 'a.shop': [one] }
    expect(claims(lists, 'A.shop.svc.cluster.local.:80')).toBe(true)
    expect(claims(lists, 'a.bank')).toBe(false)
    expect(claims(lists, 'b.shop')).toBe(false)
  })

  test('a missing namespace is the own one where that is known, and a namespace of its own where not', () => {
    expect(claims({ a: [one] }, 'a.shop')).toBe(false)
    expect(claims({ 'a.shop': [one] }, 'a')).toBe(false)
    expect(claims({ a: [one] }, 'a.shop', 'shop')).toBe(true)
    expect(claims({ 'a.shop': [one] }, 'a', 'shop')).toBe(true)
    expect(claims({ a: [one] }, 'a.bank', 'shop')).toBe(false)
  })

  test('a name without a port answers any port, a name with one only this', () => {
    expect(claims({ a: [one] }, 'a:http')).toBe(true)
    expect(claims({ 'a:http': [one] }, 'a:http')).toBe(true)
    expect(claims({ 'a:http': [one] }, 'a:80')).toBe(false)
  })

  test('a target without a port means the only one', () => {
    expect(claims({ 'a:http': [one] }, 'a')).toBe(true)
    expect(claims({ 'a:http': [one], 'a:grpc': [two] }, 'a')).toBe(false)
  })

  test('the name with the port goes before the one without', () => {
    const resolver = staticEndpoints({ a: [one], 'a:grpc': [two] })
    expect(recordSets(resolver, 'a:grpc').locators()).toEqual([two])
    expect(recordSets(resolver, 'a:http').locators()).toEqual([one])
    expect(recordSets(resolver, 'a').locators()).toEqual([one])
  })
})

describe('the list', () => {
  test('takes texts and objects, and the first of two with one locator', () => {
    const resolver = staticEndpoints({
      a: [one, { address: '10.0.0.1', port: 80, weight: 2 }, { address: '::1', port: 80, zone: 'z' }],
    })
    const { last } = recordSets(resolver, 'a')
    expect(last().status).toBe('ok')
    expect(last().endpoints).toMatchObject([
      { locator: one, weight: 1 },
      { locator: '[::1]:80', zone: 'z' },
    ])
  })

  test('is asked for a target that is not claimed: absent', () => {
    expect(recordSets(staticEndpoints({}), 'a').last()).toMatchObject({ status: 'absent', endpoints: [] })
  })

  test('set, add and remove reach open watches as changes', () => {
    const resolver = staticEndpoints({ a: [one] })
    const { sets } = recordSets(resolver, 'a:http')
    resolver.add('a', two)
    expect(resolver.remove('a', one)).toBe(true)
    resolver.set('a', [one, two])
    expect(sets.slice(1)).toMatchObject([
      { base: 1, changed: [{ locator: two }], removed: [] },
      { base: 2, changed: [], removed: [{ locator: one }] },
      { base: 3, changed: [{ locator: one }], removed: [] },
    ])
  })

  test('a change that changes nothing is no news', () => {
    const resolver = staticEndpoints({ a: [one], b: [one] })
    const { sets } = recordSets(resolver, 'a')
    resolver.add('a', one)
    resolver.set('a', [one])
    resolver.set('b', [two])
    expect(resolver.remove('a', two)).toBe(false)
    expect(resolver.remove('c', two)).toBe(false)
    expect(sets).toHaveLength(1)
  })

  test('add alters the endpoint with the same locator', () => {
    const resolver = staticEndpoints({ a: [one] })
    const { last } = recordSets(resolver, 'a')
    resolver.add('a', { address: '10.0.0.1', port: 80, weight: 3 })
    expect(last().endpoints).toMatchObject([{ weight: 3 }])
  })

  test('a name that is set later is claimed from then on, and waiting watches hear of it', () => {
    const resolver = staticEndpoints({})
    const { sets, locators } = recordSets(resolver, 'a')
    resolver.add('a:http', one)
    expect(locators()).toEqual([one])
    // A second port: now nothing is the only one.
    resolver.set('a:grpc', [two])
    expect(sets.map((set) => set.status)).toEqual(['absent', 'ok', 'absent'])
  })

  test('an empty list is ok: nobody is home', () => {
    const resolver = staticEndpoints({ a: [one] })
    const { last } = recordSets(resolver, 'a')
    resolver.remove('a', one)
    expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
  })
})

describe('bad input', () => {
  test('is refused with the place where it stands', () => {
    expect(() => staticEndpoints({ 'a.b': [one, 'nonsense'] })).toThrow('a.b[1]: "nonsense" (expected: address:port')
    expect(() => staticEndpoints({ 'a.b': [{ address: 'x', port: 0 }] })).toThrow('a.b[0].port: 0 (expected: ')
    expect(() => staticEndpoints({ 'a.b': one as unknown as string[] })).toThrow(/a\.b: .* \(expected: an array/)
    expect(() => staticEndpoints({ '10.0.0.1': [] })).toThrow(/EVENKEEL_INVALID_TARGET/)
    expect(() => staticEndpoints({ 'a.b': [one], 'a.b.svc': [two] })).toThrow(/given twice/)
  })

  test('loses nothing', () => {
    const resolver = staticEndpoints({ a: [one] })
    const { sets, locators } = recordSets(resolver, 'a')
    expect(() => resolver.set('a', [two, 'nonsense'])).toThrow(/EVENKEEL_INVALID_OPTION/)
    expect(() => resolver.add('a', 'nonsense')).toThrow(/EVENKEEL_INVALID_OPTION/)
    expect(() => resolver.add('b', 'nonsense')).toThrow(/EVENKEEL_INVALID_OPTION/)
    expect(() => resolver.remove('a', 'nonsense')).toThrow(/EVENKEEL_INVALID_OPTION/)
    expect(sets).toHaveLength(1)
    expect(locators()).toEqual([one])
    expect(resolver.claims(parseTarget('b'))).toBe(false)
  })
})

test('a watch is always fresh, counts a refresh as an answer, and hears nothing after its end', async () => {
  const clock = fakeClock(7)
  const resolver = staticEndpoints({ a: [one] }, { clock })
  const { watch, sets } = recordSets(resolver, 'a')
  clock.advance(3)
  watch.refresh()
  expect([watch.seenAt, watch.completeAnswers]).toEqual([10, 2])
  await watch[Symbol.asyncDispose]()
  resolver.set('a', [])
  expect(sets).toHaveLength(1)
  expect(clock.pending).toBe(0)
})
