import { percentile, rounded } from '@evenkeel/tooling/percentile'
import { expect, test } from 'vitest'
import { Recording, type RequestRecord } from './recording.ts'

function request(at: number, fields: Partial<RequestRecord> = {}): RequestRecord {
  return { at, method: 'GET', ms: 10, lost: undefined, pods: [], ...fields }
}

test('a request belongs to the stretch in which it was due', () => {
  const recording = new Recording()
  recording.requests.push(request(999), request(1_000), request(1_999), request(2_000))
  expect(recording.figures({ from: 1_000, to: 2_000 }).requests).toBe(2)
})

test('an order of results that is not that of their times hides none', () => {
  const recording = new Recording()
  recording.requests.push(request(6_000), request(1_500), request(7_000))
  expect(recording.figures({ from: 5_000, to: 8_000 }).requests).toBe(2)
})

test('lost requests are counted by method and reason, and have no part in times', () => {
  const recording = new Recording()
  recording.requests.push(
    request(0, { ms: 5 }),
    request(1, { ms: 7.26 }),
    request(2, { ms: 900, lost: '502 users ECONNRESET' }),
    request(3, { ms: 900, lost: '502 users ECONNRESET', method: 'POST' }),
  )
  expect(recording.figures({ from: 0, to: 10 })).toEqual({
    requests: 4,
    lost: { GET: 1, POST: 1 },
    losses: { 'GET 502 users ECONNRESET': 1, 'POST 502 users ECONNRESET': 1 },
    p50: 5,
    p99: 7.3,
    longest: 7.3,
  })
})

test('a stretch without a request has no times', () => {
  expect(new Recording().figures({ from: 0, to: 1 })).toMatchObject({ requests: 0, p50: null, longest: null })
})

test('answers are shared among the pods of one Deployment, also those that got none', () => {
  const recording = new Recording()
  recording.samples.push(
    { at: 500, app: 'users', pod: 'gone', connections: 9 },
    { at: 4_500, app: 'users', pod: 'a', connections: 1 },
    { at: 4_900, app: 'users', pod: 'a', connections: 2 },
    { at: 4_900, app: 'users', pod: 'idle', connections: 0 },
    { at: 4_900, app: 'catalog', pod: 'c', connections: 5 },
    { at: 500, app: 'users', pod: 'left', connections: 4 },
  )
  recording.requests.push(request(4_000, { pods: ['s', 'a', 'c'] }), request(4_100, { pods: ['s', 'left', 'c'] }))
  expect(recording.pods('users', { from: 3_000, to: 5_000 })).toEqual([
    { pod: 'a', requests: 1, share: 0.5, connections: 2 },
    { pod: 'idle', requests: 0, share: 0, connections: 0 },
    { pod: 'left', requests: 1, share: 0.5, connections: null },
  ])
})

test('percentiles are by nearest rank', () => {
  const values = [4, 1, 3, 2]
  expect([0, 0.5, 0.51, 1].map((ratio) => percentile(values, ratio))).toEqual([1, 2, 3, 4])
  expect(percentile([], 0.5)).toBeNaN()
  expect([rounded(1.26), rounded(Number.NaN)]).toEqual([1.3, null])
})
