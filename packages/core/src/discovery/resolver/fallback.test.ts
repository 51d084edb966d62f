import { beforeEach, describe, expect, test } from 'vitest'
import { endpointAt } from '../../testing/endpoint-at.ts'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.ts'
import { type ManualResolver, manualResolver } from '../../testing/manual-resolver.ts'
import { type RecordedSets, recordSets } from '../../testing/record-sets.ts'
import { parseTarget } from '../target.ts'
import { fallback } from './fallback.ts'

const [one, two, three] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'] as const
const vip = endpointAt('10.96.0.1:80', { virtual: true })
const down = new Error('down')
const forbidden = Object.assign(new Error('endpointslices is forbidden'), { statusCode: 403 })

let clock: FakeClock
let a: ManualResolver
let b: ManualResolver
let heard: RecordedSets

beforeEach(() => {
  clock = fakeClock(1_000)
  a = manualResolver({ clock })
  b = manualResolver({ clock })
  heard = recordSets(fallback(a, b, { clock }), 'x')
})

function state(): readonly [string, readonly string[]] {
  return [heard.last().status, heard.locators()]
}

describe('before the better source has ever been ok', () => {
  test('the simpler one answers, whatever the better one says', () => {
    b.set([one])
    expect(state()).toEqual(['ok', [one]])
    a.fail(forbidden)
    a.absent()
    b.set([two])
    expect(state()).toEqual(['ok', [two]])
    expect(heard.sets).toHaveLength(2)
  })

  test('its failure keeps its list', () => {
    b.set([one])
    b.say({ status: 'failed', endpoints: [], error: down })
    expect(state()).toEqual(['stale', [one]])
    expect(heard.last().error).toBe(down)
  })

  test('nothing is failed while one of them has not spoken', () => {
    b.fail(down)
    expect(heard.sets).toHaveLength(0)
    a.fail(forbidden)
    expect(heard.last()).toMatchObject({ status: 'failed', error: { code: 'EVENKEEL_DISCOVERY_FAILED', service: 'x' } })
    expect(String(heard.last().error)).toMatch(/endpointslices is forbidden.*down/)
    b.set([one])
    expect(state()).toEqual(['ok', [one]])
  })

  test('an absence counts when the other cannot answer, and both absences do', () => {
    a.absent()
    expect(heard.sets).toHaveLength(0)
    b.fail(down)
    expect(state()).toEqual(['absent', []])
    b.set([one])
    expect(state()).toEqual(['ok', [one]])
    b.absent()
    expect(state()).toEqual(['absent', []])
  })

  test('a list from a store is used until the other has one', () => {
    a.say({ status: 'stale', endpoints: [endpointAt(one)], error: down })
    expect(state()).toEqual(['stale', [one]])
    b.set([two])
    expect(state()).toEqual(['ok', [two]])
  })
})

describe('once the better source has been ok', () => {
  beforeEach(() => {
    b.set([one, two])
    a.set([two, three])
  })

  test('it answers alone, its changes as changes, its absence as absence', () => {
    expect(heard.last()).toMatchObject({
      status: 'ok',
      base: 1,
      changed: [{ locator: three }],
      removed: [{ locator: one }],
    })
    b.set([one])
    a.patch([], [two])
    expect(heard.last()).toMatchObject({ base: 2, changed: [], removed: [{ locator: two }] })
    a.absent()
    expect(state()).toEqual(['absent', []])
  })

  test('a failure keeps its list, without the other, for five minutes without a sign of life', () => {
    clock.advance(60_000)
    a.fail(down)
    expect(state()).toEqual(['stale', [two, three]])
    clock.advance(239_999)
    b.set([one])
    expect(state()).toEqual(['stale', [two, three]])
    clock.advance(1)
    expect(state()).toEqual(['stale', [one, two, three]])
    expect(heard.last().error).toBe(down)
  })

  test('a permission error lets the other in at once', () => {
    a.fail(forbidden)
    expect(state()).toEqual(['stale', [one, two, three]])
    expect(heard.last().error).toBe(forbidden)
  })

  test('after the hand-over only what two complete answers lack is removed', () => {
    a.fail(forbidden)
    clock.advance(5_000)
    expect(state()).toEqual(['stale', [one, two, three]])
    b.repeat()
    clock.advance(5_000)
    expect(state()).toEqual(['stale', [one, two, three]])
    b.repeat()
    clock.advance(5_000)
    expect(state()).toEqual(['ok', [one, two]])
    expect(heard.last().error).toBeUndefined()
    // While something waited, the source was asked again.
    expect(b.refreshes).toBeGreaterThanOrEqual(3)
    expect(clock.pending).toBe(1)
  })

  test('what the other stops naming goes with its second answer, and what it names again stays', () => {
    a.fail(forbidden)
    b.set([one, two, three])
    expect(state()).toEqual(['ok', [one, two, three]])
    b.set([one])
    expect(state()).toEqual(['stale', [one, two, three]])
    b.set([one, two])
    expect(state()).toEqual(['ok', [one, two]])
  })

  test('an answer of the other that is not complete removes nothing', () => {
    a.fail(forbidden)
    b.fail(down)
    b.repeat()
    b.repeat()
    clock.advance(20_000)
    expect(state()).toEqual(['stale', [one, two, three]])
  })

  test('two complete answers of no such Service empty the set', () => {
    a.fail(forbidden)
    b.absent()
    b.absent()
    b.absent()
    clock.advance(5_000)
    expect(state()).toEqual(['absent', []])
  })

  test('a lone virtual address is added and replaces nothing', () => {
    a.fail(forbidden)
    b.set([vip])
    for (let round = 0; round < 5; round += 1) {
      b.repeat()
      clock.advance(60_000)
    }
    expect(state()).toEqual(['stale', [one, two, three, vip.locator].sort()])
    b.set([one])
    b.repeat()
    clock.advance(5_000)
    expect(state()).toEqual(['ok', [one]])
  })

  test('its next complete answer makes it the source again and stops every timer', () => {
    a.fail(forbidden)
    expect(clock.pending).toBe(2)
    a.set([three])
    expect(state()).toEqual(['ok', [three]])
    expect(clock.pending).toBe(0)
    a.fail(down)
    clock.advance(300_000)
    expect(state()).toEqual(['stale', [one, two, three]])
    a.absent()
    expect(state()).toEqual(['absent', []])
  })

  test('a complete answer in time means no hand-over', () => {
    a.fail(down)
    clock.advance(299_000)
    a.set([two, three])
    clock.advance(600_000)
    expect(state()).toEqual(['ok', [two, three]])
  })
})

describe('virtual addresses only', () => {
  test('of the better source do not stand in front of real endpoints', () => {
    b.set([one])
    a.set([vip])
    expect(state()).toEqual(['ok', [one]])
    b.set([two])
    expect(state()).toEqual(['ok', [two]])
  })

  test('give way when real endpoints come, and help out when these fail', () => {
    a.set([vip])
    expect(state()).toEqual(['ok', [vip.locator]])
    b.set([one])
    expect(state()).toEqual(['ok', [one]])
    b.fail(down)
    expect(state()).toEqual(['stale', [one, vip.locator].sort()])
    b.set([two])
    expect(state()).toEqual(['ok', [two]])
  })
})

test('only those that claim are asked', () => {
  const left = manualResolver({ claims: ['l', 'both'] })
  const right = manualResolver({ claims: ['r', 'both'] })
  const resolver = fallback(left, right)
  expect(['l', 'r', 'both', 'z'].map((name) => resolver.claims(parseTarget(name)))).toEqual([true, true, true, false])
  recordSets(resolver, 'r')
  expect([left.watches, right.watches]).toEqual([0, 1])
})

test('three resolvers fall back one after the other', () => {
  const c = manualResolver()
  const { last, locators } = recordSets(fallback(manualResolver(), manualResolver(), c), 'x')
  c.set([one])
  expect([last().status, locators()]).toEqual(['ok', [one]])
})

test('freshness is that of the source in charge, and disposing leaves nothing', async () => {
  b.set([one])
  expect([heard.watch.seenAt, heard.watch.completeAnswers]).toEqual([1_000, 1])
  clock.advance(10)
  a.set([one])
  expect([heard.watch.seenAt, heard.watch.completeAnswers]).toEqual([1_010, 2])
  a.repeat()
  expect(heard.watch.completeAnswers).toBe(3)
  heard.watch.refresh()
  expect([a.refreshes, b.refreshes]).toEqual([1, 1])
  a.fail(forbidden)
  await heard.watch[Symbol.asyncDispose]()
  const { length } = heard.sets
  b.set([two])
  expect([a.watches, b.watches, clock.pending, heard.sets.length]).toEqual([0, 0, 0, length])
})

test('bad options are refused', () => {
  expect(() => fallback(a, b, { staleMs: 0 })).toThrow('staleMs: 0 (expected: > 0)')
  expect(() => (fallback as () => unknown)()).toThrow(/resolvers: .* \(expected: at least one\)/)
})

test('the answer that brings a hand-over counts as a complete answer', () => {
  b.set([one])
  expect(heard.watch.completeAnswers).toBe(1)
  a.set([two])
  expect(heard.watch.completeAnswers).toBe(2)
  a.fail(down)
  clock.advance(300_000)
  expect(heard.watch.completeAnswers).toBe(2)
  b.repeat()
  expect(heard.watch.completeAnswers).toBe(3)
})

test('the first answer of the better source counts when it comes first', () => {
  a.set([one])
  expect(heard.watch.completeAnswers).toBe(1)
})
