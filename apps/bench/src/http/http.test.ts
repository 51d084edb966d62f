import { expect, test } from 'vitest'
import type { Round } from './client.ts'
import { judge } from './http.ts'

const rounds = (...micros: readonly number[]): readonly Round[] =>
  micros.map((cpuMicros) => ({ requests: 1_000, failed: 0, cpuMicros, userMicros: cpuMicros / 2 }))

test('ratios are taken inside a round, so a machine that slows down changes nothing', () => {
  const { checks } = judge({
    'pools-in-turn': rounds(10, 20, 30),
    'balanced-dispatcher': rounds(10.2, 20.4, 30.6),
    'undici-balanced-pool': rounds(11, 22, 33),
  })
  expect(checks.map(({ id, ok }) => ({ id, ok }))).toEqual([
    { id: 'http.cpu-ratio', ok: true },
    { id: 'http.failed', ok: true },
  ])
  expect(checks[0]?.got).toBeCloseTo(1.02, 10)
})

test('a median ratio above 1.05 is not ok', () => {
  const { checks } = judge({
    'pools-in-turn': rounds(10, 10, 10),
    'balanced-dispatcher': rounds(10.6, 10.6, 9),
    'undici-balanced-pool': rounds(10, 10, 10),
  })
  expect(checks[0]).toMatchObject({ id: 'http.cpu-ratio', got: 1.06, ok: false })
})

test('a request that failed is counted, whichever variant it was sent by', () => {
  const [first] = rounds(10) as readonly [Round]
  const { checks } = judge({
    'pools-in-turn': [first],
    'balanced-dispatcher': [first],
    'undici-balanced-pool': [{ ...first, failed: 3 }],
  })
  expect(checks[1]).toMatchObject({ id: 'http.failed', got: 3, ok: false })
})
