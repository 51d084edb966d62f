import { expect, test } from 'vitest'
import type { Field } from './fleet.ts'
import type { OpenRound } from './open-client.ts'
import { judgeP99 } from './p99.ts'

const field: Field = {
  variants: ['pools-in-turn', 'balanced-dispatcher'],
  labels: { 'pools-in-turn': 'base', 'balanced-dispatcher': 'ours' },
  leftOut: [],
}

test('the check is the median ratio of p99 to that of the baseline in the same round', () => {
  expect(checkOf('p99.ratio', { base: 50, ours: 25 })).toMatchObject({ got: 0.5, ok: true })
  expect(checkOf('p99.ratio', { base: 50, ours: 26 })).toMatchObject({ got: 0.52, ok: false })
})

test('a request that failed makes its check red', () => {
  expect(checkOf('p99.failed', { base: 50, ours: 25 })).toMatchObject({ got: 0, ok: true })
  expect(checkOf('p99.failed', { base: 50, ours: 25, failed: 1 })).toMatchObject({ got: 18, ok: false })
})

function checkOf(wanted: string, p99: { readonly base: number; readonly ours: number; readonly failed?: number }) {
  const { base, ours, failed = 0 } = p99
  const trials = (p99Ms: number) => {
    const figure: OpenRound = { requests: 100, failed, p50Ms: 5, p99Ms, slowShare: 0.1, lateP99Ms: 1 }
    return Array.from({ length: 9 }, () => ({ kind: 'measured', figure }) as const)
  }
  const rounds = new Map([
    ['pools-in-turn', trials(base)],
    ['balanced-dispatcher', trials(ours)],
  ])
  return judgeP99(rounds, field).checks.find(({ id }) => id === wanted)
}
