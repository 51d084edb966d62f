import { expect, test } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.ts'
import { manualResolver } from '../../testing/manual-resolver.ts'
import { recordSets } from '../../testing/record-sets.ts'
import { parseTarget } from '../target.ts'
import { lastGood } from './last-good.ts'

const one = '10.0.0.1:80'
const two = '10.0.0.2:80'
const down = new Error('down')

test('a failure after a good list is stale with that list and the error', () => {
  const source = manualResolver()
  const { sets } = recordSets(lastGood(source), 'a')
  source.set([one])
  source.say({ status: 'failed', endpoints: [], error: down })
  expect(sets[1]).toMatchObject({ status: 'stale', error: down, base: 1, changed: [], removed: [] })
  expect(sets[1]?.endpoints).toMatchObject([{ locator: one }])
})

test.each(['stale', 'pending', 'failed'] as const)('a shorter list that is %s removes nothing', (status) => {
  const source = manualResolver()
  const { last, locators } = recordSets(lastGood(source), 'a')
  source.set([one, two])
  source.say({ status, endpoints: [], error: down })
  expect(last().status).toBe('stale')
  expect(locators()).toEqual([one, two])
  source.set([two])
  expect(last().status).toBe('ok')
  expect(locators()).toEqual([two])
})

test('a complete answer removes: an empty list, or no such Service', () => {
  const source = manualResolver()
  const { last } = recordSets(lastGood(source), 'a')
  source.set([one])
  source.set([])
  expect(last()).toMatchObject({ status: 'ok', endpoints: [], removed: [{ locator: one }] })
  source.set([one])
  source.absent()
  expect(last()).toMatchObject({ status: 'absent', endpoints: [] })
})

test('before the first answer a failure is a failure, and a stale list from a store is taken', () => {
  const source = manualResolver()
  const { sets, locators } = recordSets(lastGood(source), 'a')
  source.say({ status: 'pending', endpoints: [] })
  source.fail(down)
  source.say({ status: 'stale', endpoints: [], error: down })
  source.set([one])
  expect(sets.map((set) => set.status)).toEqual(['pending', 'failed', 'ok'])
  const stored = manualResolver()
  stored.set([two])
  stored.fail(down)
  const late = recordSets(lastGood(stored), 'a')
  expect([late.last().status, late.locators()]).toEqual(['stale', [two]])
  expect(locators()).toEqual([one])
})

test('the age of the list can be seen, and disposing ends everything', async () => {
  const clock = fakeClock(100)
  const source = manualResolver({ claims: ['a'] })
  const resolver = lastGood(source, { clock })
  expect([resolver.claims(parseTarget('a')), resolver.claims(parseTarget('b'))]).toEqual([true, false])
  const { watch, sets } = recordSets(resolver, 'a')
  expect(watch.seenAt).toBe(Number.NEGATIVE_INFINITY)
  source.set([one])
  clock.advance(50)
  source.fail(down)
  expect([watch.seenAt, watch.completeAnswers]).toEqual([100, 1])
  source.seenAt = 130
  expect(watch.seenAt).toBe(130)
  watch.refresh()
  expect(source.refreshes).toBe(1)
  await watch[Symbol.asyncDispose]()
  source.set([two])
  expect([source.watches, sets.length, clock.pending]).toEqual([0, 2, 0])
})
