import { expect, test } from 'vitest'
import { failedCheck } from '../checks.ts'
import type { Round } from './client.ts'
import type { Field } from './fleet.ts'
import { judge } from './http.ts'

const field: Field = {
  variants: ['pools-in-turn', 'balanced-dispatcher', 'nginx'],
  labels: { 'pools-in-turn': 'undici 1 Pools in turn', 'balanced-dispatcher': 'ours', nginx: 'nginx 2 as a hop, Pool' },
  leftOut: [],
}

test('ratios are taken inside a round, so a machine that slows down changes nothing', () => {
  const checks = checksOf({ base: nine(10, 20, 30), ours: nine(10.2, 20.4, 30.6) })
  expect(checks.map(({ id, ok }) => ({ id, ok }))).toEqual([
    { id: 'http.broken', ok: true },
    { id: 'http.rounds', ok: true },
    { id: 'http.cpu-ratio', ok: true },
    { id: 'http.failed', ok: true },
  ])
  expect(checks[2]?.got).toBeCloseTo(1.02, 10)
})

test('a median ratio above 1.04 is not ok', () => {
  const [, , ratio] = checksOf({ base: nine(10, 10, 10), ours: nine(10.41, 10.41, 9) })
  expect(ratio).toMatchObject({ id: 'http.cpu-ratio', ok: false })
  expect(ratio?.got).toBeCloseTo(1.041, 10)
})

test('without a measurement of ours the ratio is not ok, and null instead of a number', () => {
  expect(checksOf({ base: nine(10), ours: [] })[2]).toMatchObject({ id: 'http.cpu-ratio', got: null, ok: false })
})

test('a request that failed is counted, whichever variant it was sent by', () => {
  const nginx = nine(20).map((round) => ({ ...round, failed: 3 }))
  expect(checksOf({ base: nine(10), ours: nine(10), nginx })[3]).toMatchObject({
    id: 'http.failed',
    got: 27,
    ok: false,
  })
})

test('where nothing was measured, nothing is said about failures', () => {
  expect(failedCheck('http', 'request', [])).toMatchObject({ got: null, ok: false })
})

test('the picture has a row per variant, and another for what nginx uses itself', () => {
  const { panels } = judge(roundsOf({ base: nine(10), ours: nine(11), nginx: nine(12) }), field)
  expect(panels.map(({ rows }) => rows.map(({ subject, median }) => `${subject}: ${median}`))).toEqual([
    ['undici 1 Pools in turn: 1', 'ours: 1.1', 'nginx 2 as a hop, Pool: 1.2'],
    [
      'undici 1 Pools in turn: 10',
      'ours: 11',
      'nginx 2 as a hop, Pool: 12',
      'nginx 2 as a hop: nginx itself, on top: 7',
    ],
    ['undici 1 Pools in turn: 2', 'ours: 2', 'nginx 2 as a hop, Pool: 2'],
  ])
})

test('the interval stands in the table, and what was left out above it', () => {
  const rounds = roundsOf({ base: nine(10, 10, 10), ours: nine(10, 11, 12) })
  const [table] = judge(rounds, { ...field, leftOut: ['nginx: not on PATH'] }).tables
  expect(table?.title).toContain('left out: nginx: not on PATH')
  expect(table?.rows[1]).toMatchObject({ 'median ratio': 1.1, '95 % interval': '1.000 to 1.200' })
})

interface Measured {
  readonly base: readonly Round[]
  readonly ours: readonly Round[]
  readonly nginx?: readonly Round[]
}

function checksOf(measured: Measured) {
  return judge(roundsOf(measured), field).checks
}

function roundsOf({ base, ours, nginx = base }: Measured) {
  const trials = (rounds: readonly Round[]) =>
    Array.from({ length: 9 }, (_, index) => {
      const figure = rounds[index]
      return figure === undefined
        ? ({ kind: 'broken', message: 'gone' } as const)
        : ({ kind: 'measured', figure } as const)
    })
  return new Map([
    ['pools-in-turn', trials(base)],
    ['balanced-dispatcher', trials(ours)],
    ['nginx', trials(nginx)],
  ])
}

/** Nine rounds, these values over and over. */
function nine(...micros: readonly number[]): readonly Round[] {
  return Array.from({ length: 9 }, (_, index) => {
    const cpuMicros = micros[index % micros.length] as number
    return { requests: 1_000, failed: 0, cpuMicros, userMicros: cpuMicros / 2, hopMicros: 7, latencyMs: 2 }
  })
}
