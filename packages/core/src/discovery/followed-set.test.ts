import { expect, test } from 'vitest'
import { endpointAt } from '../testing/endpoint-at.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointSet, Status } from './endpoint-set.ts'
import { FollowedSet } from './followed-set.ts'

const a = endpointAt('10.0.0.1:80')
const b = endpointAt('10.0.0.2:80')

function set(
  version: number,
  endpoints: readonly Endpoint[],
  status: Status = 'ok',
  change: Partial<EndpointSet> = {},
): EndpointSet {
  return { version, status, error: undefined, endpoints, base: undefined, changed: [], removed: [], ...change }
}

test('a set without a base is compared in full', () => {
  const followed = new FollowedSet()
  expect(followed.take(set(1, [a]))).toEqual({ changed: [a], removed: [] })
  expect(followed.take(set(5, [b]))).toEqual({ changed: [b], removed: [a] })
})

test('a set whose base is the last version is taken by its change', () => {
  const followed = new FollowedSet()
  followed.take(set(1, [a]))
  // The list is wrong on purpose: only the change is read.
  expect(followed.take(set(2, [], 'ok', { base: 1, changed: [b] }))).toEqual({ changed: [b], removed: [] })
  expect([...followed.endpoints.values()]).toEqual([a, b])
})

test('a set whose base was missed is compared in full', () => {
  const followed = new FollowedSet()
  followed.take(set(1, [a]))
  expect(followed.take(set(3, [b], 'ok', { base: 2, changed: [] }))).toEqual({ changed: [b], removed: [a] })
})

test('an incomplete set removes nothing, and the next complete one is compared in full', () => {
  const followed = new FollowedSet()
  followed.take(set(1, [a, b]))
  expect(followed.take(set(2, [], 'failed', { base: 1, removed: [a, b] }))).toEqual({ changed: [], removed: [] })
  expect(followed.endpoints.size).toBe(2)
  expect(followed.take(set(3, [a], 'ok', { base: 2, changed: [a] }))).toEqual({ changed: [], removed: [b] })
})

test('it knows whether there was an answer and whether only virtual addresses are named', () => {
  const followed = new FollowedSet()
  const virtual = endpointAt('10.96.0.1:80', { virtual: true })
  expect([followed.known, followed.completed, followed.onlyVirtual]).toEqual([false, false, false])
  followed.take(set(1, [virtual], 'stale'))
  expect([followed.known, followed.completed, followed.onlyVirtual]).toEqual([true, false, true])
  followed.take(set(2, [virtual, a]))
  expect([followed.known, followed.completed, followed.onlyVirtual]).toEqual([true, true, false])
  followed.take(set(3, [], 'absent'))
  expect([followed.known, followed.completed, followed.onlyVirtual]).toEqual([true, true, false])
})
