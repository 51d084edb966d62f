import { percentile } from '@evenkeel/tooling/percentile'
import { describe, expect, test } from 'vitest'
import type { ClientNews, RequestRecord } from '../messages.ts'
import { attemptsPerSecond } from './per-second.ts'
import { recent } from './recent.ts'
import { Recording } from './recording.ts'

const all = { from: 0, to: 1_000 }

function news(parts: Partial<ClientNews>): ClientNews {
  return { requests: [], attempts: [], endings: [], underWay: 0, repeated: 0, inspection: undefined, ...parts }
}

function request(parts: Partial<RequestRecord>): RequestRecord {
  return { id: 'a/1', at: 0, method: 'GET', ms: 20, lost: false, result: '200', fate: undefined, ...parts }
}

describe('percentile', () => {
  test('is the smallest value that so many of the values do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0, 0.5, 0.99, 1].map((ratio) => percentile(values, ratio))).toEqual([1, 50, 99, 100])
  })

  test('of nothing is not a number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })
})

describe('recording', () => {
  test('a request belongs to the stretch in which it was due', () => {
    const recording = new Recording()
    recording.add(news({ requests: [request({ at: 999, ms: 5_000 }), request({ at: 1_000 })] }), 6_000)
    expect(recording.figures(all)).toMatchObject({ requests: 1, longest: 5_000 })
  })

  test('losses are counted by method and by what their callers saw, and their times are not', () => {
    const recording = new Recording()
    const lost = { lost: true, result: 'EVENKEEL_CONNECTION_LOST', fate: 'maybe-processed', ms: 900 } as const
    recording.add(
      news({
        requests: [
          request({}),
          request({ lost: true, result: '503' }),
          request({ method: 'POST', ...lost }),
          request({ method: 'POST', ...lost }),
        ],
      }),
      500,
    )
    expect(recording.figures(all)).toEqual({
      requests: 4,
      lost: 3,
      lostByMethod: { GET: 1, POST: 2 },
      losses: { 'GET 503': 1, 'POST EVENKEEL_CONNECTION_LOST maybe-processed': 2 },
      repeated: 0,
      p50: 20,
      p99: 20,
      longest: 20,
    })
    expect(recording.lost).toBe(3)
  })

  test('repeats are counted in the stretch in which they were reported', () => {
    const recording = new Recording()
    for (const [at, repeated] of [
      [100, 2],
      [900, 5],
      [1_500, 9],
    ] as const) {
      recording.add(news({ repeated }), at)
    }
    expect(recording.figures(all).repeated).toBe(5)
    expect(recording.figures({ from: 500, to: 2_000 }).repeated).toBe(7)
    expect(recording.repeated).toBe(9)
  })

  test('the share of a port is that of the attempts of a stretch', () => {
    const recording = new Recording()
    const attempts = [1, 1, 2, 1].map((port, index) => ({ port, at: index * 300 }))
    recording.add(news({ attempts: [...attempts, { port: 2, at: 1_000 }] }), 1_000)
    expect(recording.share(1, all)).toBe(0.75)
    expect(recording.share(3, all)).toBe(0)
    expect(recording.share(1, { from: 5_000, to: 6_000 })).toBeNaN()
  })

  test('failed attempts are counted by port', () => {
    const recording = new Recording()
    const ending = { at: 0, port: 1, ms: 1, failed: true }
    recording.add(news({ endings: [ending, { ...ending, failed: false }, { ...ending, port: 2 }, ending] }), 0)
    expect(recording.failed).toEqual(
      new Map([
        [1, 2],
        [2, 1],
      ]),
    )
  })
})

describe('attempts per second', () => {
  test('are counted by port from the beginning of the stretch, without those outside', () => {
    const at = (port: number, ...times: readonly number[]) => times.map((time) => ({ port, at: time }))
    const attempts = [...at(1, 99, 100, 1_099, 1_100), ...at(2, 2_599, 2_600)]
    expect(attemptsPerSecond(attempts, { from: 100, to: 2_600 })).toEqual({ 1: [2, 1, 0], 2: [0, 0, 1] })
  })
})

describe('recent', () => {
  test('finds the last entries, also of a list that is out of order within a report', () => {
    const entries = [100, 1_000, 1_900, 2_050, 1_950, 2_100].map((at) => ({ at }))
    expect(recent(entries, 2_000).map(({ at }) => at)).toEqual([2_050, 2_100])
    expect(recent(entries, 3_000)).toEqual([])
    expect(recent(entries, 0)).toEqual(entries)
  })
})
