import { expect, test } from 'vitest'
import { parseTarget } from '../discovery/target.ts'
import { endpointAt, endpointsAt } from './endpoint-at.ts'
import { fakeClock } from './fake-clock.ts'
import { manualResolver } from './manual-resolver.ts'
import { recordSets } from './record-sets.ts'

const one = '10.0.0.1:80'
const two = '10.0.0.2:80'

test('claims everything, or the names given', () => {
  expect(manualResolver().claims(parseTarget('anything.at.svc'))).toBe(true)
  const some = manualResolver({ claims: ['a.b.svc'] })
  expect([some.claims(parseTarget('a.b')), some.claims(parseTarget('a'))]).toEqual([true, false])
})

test('says what the test says, with the change', () => {
  const resolver = manualResolver()
  const { sets } = recordSets(resolver, 'a')
  const down = new Error('down')
  resolver.fail(down)
  resolver.set([one, endpointAt(two, { zone: 'z' })])
  resolver.patch([endpointAt(one, { weight: 2 })], [two])
  resolver.fail(down)
  resolver.absent()
  expect(sets).toMatchObject([
    { version: 1, status: 'failed', error: down },
    { version: 2, status: 'ok', base: 1, changed: [{ locator: one }, { locator: two, zone: 'z' }] },
    { version: 3, status: 'ok', base: 2, changed: [{ locator: one, weight: 2 }], removed: [{ locator: two }] },
    { version: 4, status: 'stale', base: 3, error: down, changed: [], removed: [] },
    { version: 5, status: 'absent', base: 4, endpoints: [], removed: [{ locator: one }] },
  ])
})

test('a late watch hears the present state as one set without a base, then the changes', () => {
  const resolver = manualResolver()
  resolver.set([one])
  resolver.patch([two])
  const { sets } = recordSets(resolver, 'a')
  expect(sets).toMatchObject([{ base: undefined, changed: [{ locator: one }, { locator: two }], removed: [] }])
  resolver.patch([], [one])
  expect(sets[1]).toMatchObject({ base: sets[0]?.version, removed: [{ locator: one }] })
})

test('one target can be spoken to alone', () => {
  const resolver = manualResolver()
  const [a, b] = [recordSets(resolver, 'a'), recordSets(resolver, 'b')]
  resolver.set([one])
  resolver.set([two], 'a')
  expect([a.locators(), b.locators()]).toEqual([[two], [one]])
  expect(a.sets[1]).toMatchObject({
    base: a.sets[0]?.version,
    changed: [{ locator: two }],
    removed: [{ locator: one }],
  })
  expect(recordSets(resolver, 'a').locators()).toEqual([two])
  resolver.absent()
  expect([a.last().status, b.last().status]).toEqual(['absent', 'absent'])
})

test('counts watches, refreshes and answers, and shows the time of the last sign of life', async () => {
  const clock = fakeClock(5)
  const resolver = manualResolver({ clock })
  const { watch, sets } = recordSets(resolver, 'a')
  expect(watch.seenAt).toBe(Number.NEGATIVE_INFINITY)
  resolver.set([one])
  clock.advance(5)
  resolver.fail(new Error('down'))
  watch.refresh()
  expect([watch.seenAt, watch.completeAnswers, resolver.refreshes, resolver.watches]).toEqual([5, 1, 1, 1])
  resolver.repeat()
  expect([watch.seenAt, watch.completeAnswers, sets.length]).toEqual([10, 2, 2])
  await watch[Symbol.asyncDispose]()
  resolver.set([two])
  expect([resolver.watches, sets.length]).toEqual([0, 2])
})

test('a watch that is closed while others hear a set does not hear it', () => {
  const resolver = manualResolver()
  const heard: number[] = []
  resolver.watch(parseTarget('a'), () => second[Symbol.asyncDispose]())
  const second = resolver.watch(parseTarget('a'), (set) => heard.push(set.version))
  resolver.set([one])
  expect(heard).toEqual([])
})

test('many endpoints are distinct', () => {
  expect(new Set(endpointsAt(1_000).map((endpoint) => endpoint.locator)).size).toBe(1_000)
  expect(endpointsAt(2, (index) => ({ zone: `z${index}` }))).toMatchObject([{ zone: 'z0' }, { zone: 'z1' }])
})
