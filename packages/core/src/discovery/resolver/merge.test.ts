import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointAt } from '../../testing/endpoint-at.ts'
import { manualResolver } from '../../testing/manual-resolver.ts'
import { recordSets } from '../../testing/record-sets.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Status } from '../endpoint-set.ts'
import { parseTarget } from '../target.ts'
import { merge } from './merge.ts'

const one = '10.0.0.1:80'
const two = '10.0.0.2:80'
const down = new Error('down')

test('the union is taken by locator, and the earlier resolver wins', () => {
  const [a, b] = [manualResolver(), manualResolver()]
  const { sets, last } = recordSets(merge(a, b), 'x')
  b.set([endpointAt(one, { zone: 'b' }), two])
  a.set([endpointAt(one, { zone: 'a' })])
  expect(last()).toMatchObject({ base: 1, changed: [{ locator: one, zone: 'a' }], removed: [] })
  a.set([])
  expect(last()).toMatchObject({ changed: [{ locator: one, zone: 'b' }], removed: [] })
  b.set([two])
  expect(last()).toMatchObject({ changed: [], removed: [{ locator: one }] })
  expect(sets).toHaveLength(4)
})

test('what changes nothing in the union is no news', () => {
  const [a, b] = [manualResolver(), manualResolver()]
  const { sets } = recordSets(merge(a, b), 'x')
  a.set([one])
  b.set([one])
  b.set([])
  expect(sets.map((set) => set.status)).toEqual(['ok'])
})

const rules: readonly (readonly [Status, Status, Status])[] = [
  ['ok', 'absent', 'ok'],
  ['ok', 'pending', 'ok'],
  ['ok', 'failed', 'stale'],
  ['ok', 'stale', 'stale'],
  ['absent', 'absent', 'absent'],
  ['absent', 'pending', 'pending'],
  ['absent', 'failed', 'stale'],
  ['failed', 'pending', 'pending'],
  ['failed', 'failed', 'failed'],
  ['pending', 'pending', 'pending'],
]
test.each(rules)('%s and %s make %s, in either order', (first, second, status) => {
  for (const [left, right] of [
    [first, second],
    [second, first],
  ] as const) {
    const [a, b] = [manualResolver(), manualResolver()]
    const { last } = recordSets(merge(a, b), 'x')
    for (const [source, says] of [
      [a, left],
      [b, right],
    ] as const) {
      const failing = says === 'failed' || says === 'stale'
      source.say({
        status: says,
        endpoints: says === 'ok' || says === 'stale' ? [endpointAt(one)] : [],
        error: failing ? down : undefined,
      })
    }
    expect(last().status).toBe(status)
    expect(last().error).toBe(status === 'stale' || status === 'failed' ? down : undefined)
  }
})

test('an empty list says nothing while another answer is outstanding', () => {
  const [a, b] = [manualResolver(), manualResolver()]
  const { last } = recordSets(merge(a, b), 'x')
  a.set([])
  expect(last().status).toBe('pending')
  b.absent()
  expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
})

test('an error of one source keeps what it named', () => {
  const [a, b] = [manualResolver(), manualResolver()]
  const { last, locators } = recordSets(merge(a, b), 'x')
  a.set([one])
  b.set([two])
  b.say({ status: 'failed', endpoints: [], error: down })
  expect([last().status, locators()]).toEqual(['stale', [one, two]])
})

test('only those that claim are asked, and disposing ends all', async () => {
  const [a, b, c] = [
    manualResolver({ claims: ['x'] }),
    manualResolver({ claims: ['y'] }),
    manualResolver({ claims: ['x'] }),
  ]
  const resolver = merge(a, b, c)
  expect(['x', 'y', 'z'].map((name) => resolver.claims(parseTarget(name)))).toEqual([true, true, false])
  const { watch, sets } = recordSets(resolver, 'x')
  expect([a.watches, b.watches, c.watches]).toEqual([1, 0, 1])
  a.seenAt = 5
  c.seenAt = 3
  a.repeat()
  expect([watch.seenAt, watch.completeAnswers]).toEqual([3, 0])
  watch.refresh()
  expect([a.refreshes, c.refreshes]).toEqual([1, 1])
  await watch[Symbol.asyncDispose]()
  a.set([one])
  expect([a.watches, c.watches, sets.length]).toEqual([0, 0, 0])
})

test('after any history the union is what the sources name now', () => {
  const named = fc.record({ n: fc.nat(5), weight: fc.integer({ min: 1, max: 2 }) })
  const step = fc.record({
    source: fc.nat(2),
    patch: fc.boolean(),
    list: fc.array(named, { maxLength: 5 }),
    gone: fc.array(fc.nat(5), { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const sources = [manualResolver(), manualResolver(), manualResolver()] as const
      const merged = recordSets(merge(...sources), 'x')
      const apart = sources.map((source) => recordSets(source, 'x'))
      for (const { source, patch, list, gone } of steps) {
        const endpoints = list.map(({ n, weight }) => endpointAt(`10.0.0.${n}:80`, { weight }))
        if (patch)
          sources[source]?.patch(
            endpoints,
            gone.map((n) => `10.0.0.${n}:80`),
          )
        else sources[source]?.set(endpoints)
        const expected = new Map<string, Endpoint>()
        for (const { sets } of apart.toReversed()) {
          for (const endpoint of sets.at(-1)?.endpoints ?? []) expected.set(endpoint.locator, endpoint)
        }
        expect(new Map(merged.last().endpoints.map((endpoint) => [endpoint.locator, endpoint]))).toEqual(expected)
      }
    }),
  )
})
