import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EvenkeelError } from '../errors.ts'
import { endpointAt, endpointsAt } from '../testing/endpoint-at.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointSet } from './endpoint-set.ts'
import { FollowedSet } from './followed-set.ts'
import { SetPublisher } from './set-publisher.ts'

const [a, b, c] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'].map((locator) => endpointAt(locator)) as [
  Endpoint,
  Endpoint,
  Endpoint,
]

function publishing(): { publisher: SetPublisher; sets: EndpointSet[] } {
  const sets: EndpointSet[] = []
  return { publisher: new SetPublisher((set) => sets.push(set)), sets }
}

describe('a whole list', () => {
  test('the first set has no base and names everything as changed', () => {
    const { publisher, sets } = publishing()
    expect(publisher.current).toMatchObject({ version: 0, status: 'pending', endpoints: [] })
    expect(publisher.publish({ status: 'ok', endpoints: [a, b] })).toBe(true)
    expect(sets).toEqual([
      { version: 1, status: 'ok', error: undefined, endpoints: [a, b], base: undefined, changed: [a, b], removed: [] },
    ])
  })

  test('an empty first list is news', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [] })
    expect(sets).toHaveLength(1)
  })

  test('the next set says what is different from the one before', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a, b] })
    const heavier = endpointAt(b.locator, { weight: 2 })
    publisher.publish({ status: 'ok', endpoints: [c, heavier] })
    expect(sets[1]).toMatchObject({ version: 2, base: 1, endpoints: [c, heavier], changed: [c, heavier], removed: [a] })
  })

  test('an equal list in another order and of other objects is no news', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a, b] })
    expect(publisher.publish({ status: 'ok', endpoints: [endpointAt(b.locator), endpointAt(a.locator)] })).toBe(false)
    expect(sets).toHaveLength(1)
  })

  test('a first list that is said to be distinct is kept as it is, and changes like any other', () => {
    const { publisher, sets } = publishing()
    const list = [a, b]
    publisher.publish({ status: 'ok', endpoints: list, isDistinct: true })
    expect(sets).toMatchObject([{ version: 1, base: undefined, changed: [a, b], removed: [] }])
    expect(sets[0]?.endpoints).toBe(list)
    expect(publisher.at(b.locator)).toBe(b)
    publisher.patch({ changed: [c], removed: [a] })
    expect(new Set(sets[1]?.endpoints)).toEqual(new Set([b, c]))
    expect(publisher.publish({ status: 'ok', endpoints: [c, b], isDistinct: true })).toBe(false)
  })

  test('after all have gone a distinct list begins anew', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a, b], isDistinct: true })
    publisher.patch({ removed: [a, b] })
    publisher.publish({ status: 'ok', endpoints: [b, c], isDistinct: true })
    expect(sets[2]).toMatchObject({ version: 3, base: 2, endpoints: [b, c], changed: [b, c], removed: [] })
    expect([a, b, c].map(({ locator }) => publisher.at(locator))).toEqual([undefined, b, c])
  })

  test('an endpoint that stays keeps its object', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a] })
    publisher.publish({ status: 'ok', endpoints: [endpointAt(a.locator), b] })
    expect(sets[1]?.endpoints[0]).toBe(a)
    expect(sets[1]?.changed).toEqual([b])
  })

  test('of two with one locator the better condition wins, and the first of equals', () => {
    const { publisher } = publishing()
    const ready = endpointAt(a.locator, { uid: 'ready' })
    const leaving = endpointAt(a.locator, { uid: 'leaving', condition: 'serving-terminating' })
    const unready = endpointAt(a.locator, { uid: 'unready', condition: 'unready' })
    const later = endpointAt(a.locator, { uid: 'later' })
    publisher.publish({ status: 'ok', endpoints: [unready, leaving, ready, later] })
    expect(publisher.current.endpoints).toEqual([ready])
    publisher.publish({ status: 'ok', endpoints: [unready, leaving] })
    expect(publisher.current.endpoints).toEqual([leaving])
  })
})

describe('a change', () => {
  test('adds, alters and removes, and leaves older sets as they were', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a, b] })
    const altered = endpointAt(b.locator, { zone: 'z' })
    publisher.patch({ changed: [altered, c], removed: [a] })
    expect(sets[1]).toMatchObject({ version: 2, base: 1, changed: [altered, c], removed: [a] })
    expect(new Set(sets[1]?.endpoints)).toEqual(new Set([altered, c]))
    expect(sets[0]?.endpoints).toEqual([a, b])
  })

  test('what is already so is no news', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a] })
    expect(publisher.patch({ changed: [endpointAt(a.locator)], removed: [c] })).toBe(false)
    expect(sets).toHaveLength(1)
  })

  test('a locator that is removed and named again stays', () => {
    const { publisher } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a] })
    const next = endpointAt(a.locator, { uid: 'next' })
    publisher.patch({ changed: [next], removed: [a] })
    expect(publisher.current).toMatchObject({ endpoints: [next], changed: [next], removed: [] })
  })

  test('of two changes of one locator the later counts', () => {
    const { publisher } = publishing()
    const second = endpointAt(a.locator, { uid: 'second' })
    publisher.patch({ changed: [a, second] })
    expect(publisher.current).toMatchObject({ endpoints: [second], changed: [second] })
  })

  test('any history leaves the set that a plain map leaves, and each change leads from its base to its set', () => {
    const locator = fc.integer({ min: 0, max: 7 }).map((n) => `10.0.0.${n}:80`)
    const named = fc
      .record({ locator, weight: fc.integer({ min: 1, max: 2 }) })
      .map((one) => endpointAt(one.locator, { weight: one.weight }))
    const step = fc.oneof(
      fc.record({ whole: fc.array(named, { maxLength: 8 }) }),
      fc.record({ changed: fc.array(named, { maxLength: 3 }), removed: fc.array(locator, { maxLength: 3 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const plain = new Map<string, Endpoint>()
        const followed = new FollowedSet()
        const publisher = new SetPublisher((set) => {
          followed.take(set)
          expect(new Map(set.endpoints.map((one) => [one.locator, one]))).toEqual(followed.endpoints)
        })
        for (const one of steps) {
          if ('whole' in one) {
            plain.clear()
            for (const endpoint of one.whole) if (!plain.has(endpoint.locator)) plain.set(endpoint.locator, endpoint)
            publisher.publish({ status: 'ok', endpoints: one.whole })
          } else {
            for (const gone of one.removed) plain.delete(gone)
            for (const endpoint of one.changed) plain.set(endpoint.locator, endpoint)
            publisher.patch({ changed: one.changed, removed: one.removed.map((gone) => ({ locator: gone })) })
          }
          expect(new Map(publisher.current.endpoints.map((endpoint) => [endpoint.locator, endpoint]))).toEqual(plain)
          expect(publisher.current.endpoints).toHaveLength(plain.size)
        }
      }),
    )
  })

  test('a change among 10,000 names only itself and keeps every other object', () => {
    const { publisher, sets } = publishing()
    const many = endpointsAt(10_000)
    publisher.publish({ status: 'ok', endpoints: many })
    publisher.patch({ removed: [many[17] as Endpoint] })
    expect(sets[1]?.removed).toEqual([many[17]])
    expect(new Set(sets[1]?.endpoints)).toEqual(new Set(many.filter((endpoint) => endpoint !== many[17])))
  })
})

describe('an error', () => {
  const down = () => new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', 'down')

  test('is failed before the first answer and stale with the list after it', () => {
    const { publisher, sets } = publishing()
    publisher.fail(down())
    publisher.publish({ status: 'ok', endpoints: [a] })
    publisher.fail(down())
    expect(sets.map(({ status, endpoints }) => [status, endpoints])).toEqual([
      ['failed', []],
      ['ok', [a]],
      ['stale', [a]],
    ])
    expect(sets[2]).toMatchObject({ base: 2, changed: [], removed: [] })
    expect(sets[2]?.endpoints).toBe(sets[1]?.endpoints)
  })

  test('that says the same again is no news', () => {
    const { publisher, sets } = publishing()
    publisher.fail(down())
    publisher.fail(down())
    publisher.fail(new Error('other'))
    publisher.fail(new Error('other'))
    publisher.fail(new TypeError('other'))
    expect(sets).toHaveLength(3)
  })

  test('passes with the next equal list, which is news of its status alone', () => {
    const { publisher, sets } = publishing()
    publisher.publish({ status: 'ok', endpoints: [a] })
    publisher.fail(down())
    publisher.publish({ status: 'ok', endpoints: [endpointAt(a.locator)] })
    expect(sets[2]).toMatchObject({ status: 'ok', error: undefined, base: 2, changed: [], removed: [] })
  })
})
