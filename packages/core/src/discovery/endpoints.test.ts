import { expect, test } from 'vitest'
import { endpointAt } from '../testing/endpoint-at.ts'
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts'
import { type ManualResolver, manualResolver } from '../testing/manual-resolver.ts'
import { endpoints } from './endpoints.ts'
import { merge } from './resolver/merge.ts'
import { staticEndpoints } from './resolver/static-endpoints.ts'

function world(): { clock: FakeClock; resolver: ManualResolver; leftovers: () => readonly number[] } {
  const clock = fakeClock()
  const resolver = manualResolver({ claims: ['a.b'] })
  return { clock, resolver, leftovers: () => [resolver.watches, clock.pending] }
}

test('resolves to the ready endpoints of the first answer and leaves nothing running', async () => {
  const { clock, resolver, leftovers } = world()
  const ready = endpointAt('10.0.0.1:80')
  const answer = endpoints(resolver, 'a.b', { clock })
  expect(leftovers()).toEqual([1, 1])
  resolver.set([ready, endpointAt('10.0.0.2:80', { condition: 'unready' })])
  expect(await answer).toEqual([ready])
  expect(leftovers()).toEqual([0, 0])
})

test('an answer that comes before watch returns counts, also an empty one', async () => {
  expect(await endpoints(staticEndpoints({ a: [] }), 'a')).toEqual([])
})

test('all sources of a merge that answer at once are heard', async () => {
  const [one, other] = [staticEndpoints({ a: ['10.0.0.1:80'] }), staticEndpoints({ a: ['10.0.0.2:80'] })] as const
  expect(await endpoints(merge(one, other), 'a')).toHaveLength(2)
})

test('a stale list is better than none', async () => {
  const { clock, resolver, leftovers } = world()
  resolver.set(['10.0.0.1:80'])
  resolver.fail(new Error('down'))
  expect(await endpoints(resolver, 'a.b', { clock })).toHaveLength(1)
  expect(leftovers()).toEqual([0, 0])
})

test('a failure is waited out', async () => {
  const { clock, resolver } = world()
  const answer = endpoints(resolver, 'a.b', { clock })
  resolver.fail(new Error('down'))
  clock.advance(4_999)
  resolver.set(['10.0.0.1:80'])
  expect(await answer).toHaveLength(1)
})

test('after the time-out the last failure is the cause', async () => {
  const { clock, resolver, leftovers } = world()
  const down = new Error('down')
  const answer = endpoints(resolver, 'a.b', { clock, timeoutMs: 100 })
  resolver.fail(down)
  clock.advance(100)
  await expect(answer).rejects.toMatchObject({
    code: 'EVENKEEL_DISCOVERY_FAILED',
    service: 'a.b',
    fault: 'discovery',
    cause: down,
  })
  expect(leftovers()).toEqual([0, 0])
})

test('a permission error is not waited out', async () => {
  const { clock, resolver, leftovers } = world()
  resolver.fail(Object.assign(new Error('no'), { statusCode: 403 }))
  await expect(endpoints(resolver, 'a.b', { clock })).rejects.toThrow(/access is forbidden/)
  expect(leftovers()).toEqual([0, 0])
})

test('an absent Service is said to be absent', async () => {
  const { clock, resolver, leftovers } = world()
  resolver.absent()
  await expect(endpoints(resolver, 'a.b', { clock })).rejects.toMatchObject({ code: 'EVENKEEL_SERVICE_ABSENT' })
  expect(leftovers()).toEqual([0, 0])
})

test('a signal ends the waiting with its reason', async () => {
  const { clock, resolver, leftovers } = world()
  const controller = new AbortController()
  const answer = endpoints(resolver, 'a.b', { clock, signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(answer).rejects.toThrow('enough')
  await expect(endpoints(resolver, 'a.b', { clock, signal: controller.signal })).rejects.toThrow('enough')
  expect(leftovers()).toEqual([0, 0])
})

test('what cannot be asked is refused before anything starts', async () => {
  const { clock, resolver, leftovers } = world()
  await expect(endpoints(resolver, 'c', { clock })).rejects.toMatchObject({ code: 'EVENKEEL_NOT_CLAIMED' })
  await expect(endpoints(resolver, '10.0.0.1')).rejects.toMatchObject({ code: 'EVENKEEL_INVALID_TARGET' })
  await expect(endpoints(resolver, 'a.b', { timeoutMs: 0 })).rejects.toThrow('timeoutMs: 0 (expected: > 0)')
  expect(leftovers()).toEqual([0, 0])
})

test('a resolver that throws leaves no timer behind', async () => {
  const { clock, leftovers } = world()
  const broken = {
    claims: () => true,
    watch: () => {
      throw new Error('broken')
    },
  }
  await expect(endpoints(broken, 'a', { clock })).rejects.toThrow('broken')
  expect(leftovers()).toEqual([0, 0])
})
