import { expect, test } from 'vitest'
import { allocationChecks, changeChecks } from './checks.ts'
import { joinRounds } from './core.ts'

const exactly = (median: number) => ({ median, min: 0, max: 1_000 })

test('changes are judged by their median, for the default policy at the largest size', () => {
  const cost = { policy: 'peakEwma', peers: 10_000 } as const
  const checks = changeChecks([
    { ...cost, peers: 1_000, kind: 'weight', micros: exactly(50) },
    { ...cost, kind: 'weight', micros: exactly(20) },
    { ...cost, kind: 'flap', micros: exactly(20.1) },
    { ...cost, policy: 'weightedRoundRobin', kind: 'flap', micros: exactly(99) },
  ])
  expect(checks.map(({ id, got, ok }) => ({ id, got, ok }))).toEqual([
    { id: 'core.change.weight', got: 20, ok: true },
    { id: 'core.change.flap', got: 20.1, ok: false },
  ])
})

test('bytes are judged by the worst size of each policy', () => {
  const checks = allocationChecks([
    { policy: 'peakEwma', peers: 100, choose: exactly(0), pick: exactly(96), handle: exactly(96) },
    { policy: 'peakEwma', peers: 10_000, choose: exactly(16), pick: exactly(56), handle: exactly(56) },
    { policy: 'random', peers: 100, choose: exactly(0.001), pick: exactly(97), handle: exactly(97) },
  ])
  expect(checks.map(({ id, got, ok }) => ({ id, got, ok }))).toEqual([
    { id: 'core.bytes.choose.peakEwma', got: 16, ok: false },
    { id: 'core.bytes.pick.peakEwma', got: 96, ok: true },
    { id: 'core.objects.pick.peakEwma', got: 0, ok: true },
    { id: 'core.bytes.choose.random', got: 0.001, ok: true },
    { id: 'core.bytes.pick.random', got: 97, ok: false },
    { id: 'core.objects.pick.random', got: 0, ok: true },
  ])
})

test('a number in a box beside the object of a pick is found, although both are small', () => {
  const small = { policy: 'roundRobin', choose: exactly(0), handle: exactly(56) } as const
  const verdicts = (pick: number) =>
    allocationChecks([
      { ...small, peers: 100, pick: exactly(56.1) },
      { ...small, peers: 10_000, pick: exactly(pick) },
    ]).map(({ id, ok }) => [id.split('.')[1], ok])
  expect(verdicts(72)).toEqual([
    ['bytes', true],
    ['bytes', true],
    ['objects', false],
  ])
  expect(verdicts(57)).toEqual([
    ['bytes', true],
    ['bytes', true],
    ['objects', true],
  ])
})

test('rounds become one figure each: names stay, spreads are joined', () => {
  const figure = (median: number) => ({
    policy: 'random',
    peers: 10,
    pick: { median, min: median - 1, max: median + 2 },
  })
  expect(joinRounds([[figure(5)], [figure(9)], [figure(6)]])).toEqual([
    { policy: 'random', peers: 10, pick: { median: 6, min: 4, max: 11 } },
  ])
})
