import { describe, expect, test } from 'vitest'
import type { Outcome } from '../evaluate.ts'
import { perClient } from '../messages.ts'
import type { Figures } from '../recording/recording.ts'
import { summary } from './summary.ts'

const figures: Figures = {
  requests: 12_345,
  lost: 0,
  lostByMethod: { GET: 0, POST: 0 },
  losses: {},
  repeated: 3,
  p50: 20,
  p99: null,
  longest: null,
}
const lossy: Figures = { ...figures, lost: 2, losses: { 'GET 503': 2 }, p99: 1_500.4 }

const outcome: Outcome = {
  checks: [
    { id: 'demo.a', claim: 'a: holds', expected: '<= 0.02', got: 0.003, unit: 'ratio', ok: true },
    { id: 'demo.c', claim: 'c: no GET is lost', expected: 0, got: 0, unit: 'requests', ok: true },
    { id: 'demo.b', claim: 'b: does not', expected: '<= 5', got: null, unit: 's', ok: false },
  ],
  beside: { 'demo.a': 0.167, 'demo.c': 1_234 },
  from: 0,
  scenes: [{ name: 'a', from: 0, marks: {}, figures: { evenkeel: figures, BalancedPool: lossy } }],
  total: { evenkeel: figures, BalancedPool: lossy },
  postedTwice: perClient(() => 0),
  attemptsPerSecond: perClient(() => ({})),
}

describe('summary', () => {
  const lines = summary(outcome, ['killed-pod']).split('\n')

  test('both clients stand beside each other, with nothing where nothing was measured', () => {
    expect(lines.map((line) => line.split(/ +/))).toContainEqual(['a', '12,345', '0', '3', '12,345', '2', '3', '1,500'])
  })

  test('each check says what was measured of both', () => {
    expect(lines).toContain('ok     a: holds (0.3 %; BalancedPool: 16.7 %)')
    expect(lines).toContain('ok     c: no GET is lost (0 requests; BalancedPool: 1,234)')
    expect(lines).toContain('NOT OK b: does not (never)')
  })

  test('losses are told by kind, and what was left out by name', () => {
    expect(lines).toContain('evenkeel lost nothing')
    expect(lines).toContain('      2 GET 503')
    expect(lines).toContain('left out for lack of time: killed-pod')
  })

  test('no line is wider than a usual terminal', () => {
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  })
})
