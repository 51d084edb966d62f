import { expect, test } from 'vitest'
import type { Trial } from '../rounds.ts'
import type { Round } from './client.ts'
import { judgeCpu } from './grpc.ts'
import { judgePods } from './pods.ts'
import type { PodsRound } from './pods-client.ts'
import type { VariantName } from './variants.ts'

const pair: readonly VariantName[] = ['round-robin', 'balanced-channel']

test('the ratio is the median of the pairs, and ok up to 1.02', () => {
  expect(cpuCheck('grpc.cpu-ratio', [10, 20, 30], [10.2, 20.4, 30.6])).toMatchObject({ ok: true })
  expect(cpuCheck('grpc.cpu-ratio', [10, 20, 30], [10.3, 20.6, 30])).toMatchObject({ ok: false, got: 1.03 })
})

test('without a measurement of ours the ratio is not ok, and null instead of a number', () => {
  expect(cpuCheck('grpc.cpu-ratio', [10], [])).toMatchObject({ ok: false, got: null })
})

test('ours is not judged if it was not chosen', () => {
  const rounds = new Map([['round-robin', cpuTrials([10])]])
  expect(judgeCpu(rounds, ['round-robin']).checks.map(({ id }) => id)).toEqual([
    'grpc.broken',
    'grpc.rounds',
    'grpc.failed',
  ])
})

test('a call that failed makes its check red, whichever variant it was made by', () => {
  expect(cpuCheck('grpc.failed', [10], [10])).toMatchObject({ ok: true, got: 0 })
  const failing = cpuTrials([10]).map((trial) => failedOnce(trial))
  const { checks } = judgeCpu(new Map([['round-robin', failing]]), ['round-robin'])
  expect(checks.find(({ id }) => id === 'grpc.failed')).toMatchObject({ ok: false, got: 1 })
})

test.each([
  { id: 'first-call', good: { firstCallMs: 1_000 }, bad: { firstCallMs: 1_001 } },
  { id: 'heap', good: { bytesPerPod: 20_000 }, bad: { bytesPerPod: 20_001 } },
  { id: 'connections', good: { connectionsBurst: 33 }, bad: { connectionsBurst: 34 } },
  { id: 'failed', good: { failed: 0 }, bad: { failed: 1 } },
])('grpc-pods.$id is ok for $good and red for $bad', ({ id, good, bad }) => {
  expect(podsCheck(id, [good])).toMatchObject({ ok: true })
  expect(podsCheck(id, [bad])).toMatchObject({ ok: false })
})

test('connections are judged by the worst round, times by the median', () => {
  const rounds = [{}, {}, { connectionsBurst: 50, firstCallMs: 5_000 }]
  expect(podsCheck('connections', rounds)).toMatchObject({ ok: false, got: 50 })
  expect(podsCheck('first-call', rounds)).toMatchObject({ ok: true, got: 30 })
})

test('each picture has a row per variant', () => {
  const cpu = judgeCpu(
    new Map([
      ['round-robin', cpuTrials([10])],
      ['balanced-channel', cpuTrials([11])],
    ]),
    pair,
  )
  expect(cpu.panels.map(({ rows }) => rows.map(({ median }) => median))).toEqual([
    [1, 1.1],
    [10, 11],
  ])
  expect(judgePods(podsRounds([{}]), pair).panels.map(({ rows }) => rows.length)).toEqual([2, 2, 2])
})

function cpuCheck(id: string, base: readonly number[], own: readonly number[]) {
  const rounds = new Map([
    ['round-robin', cpuTrials(base)],
    ['balanced-channel', cpuTrials(own)],
  ])
  return judgeCpu(rounds, pair).checks.find((check) => check.id === id)
}

function cpuTrials(micros: readonly number[]): readonly Trial<Round>[] {
  return micros.map((cpuMicros) => ({
    kind: 'measured',
    figure: { calls: 100, failed: 0, cpuMicros, userMicros: cpuMicros / 2, latencyMs: 1 },
  }))
}

function failedOnce(trial: Trial<Round>): Trial<Round> {
  return trial.kind === 'measured' ? { ...trial, figure: { ...trial.figure, failed: 1 } } : trial
}

function podsCheck(id: string, own: readonly Partial<PodsRound>[]) {
  return judgePods(podsRounds(own), pair).checks.find((check) => check.id === `grpc-pods.${id}`)
}

function podsRounds(own: readonly Partial<PodsRound>[]): ReadonlyMap<string, readonly Trial<PodsRound>[]> {
  const usual: PodsRound = {
    firstCallMs: 30,
    bytesPerPod: 1_000,
    connectionsFirst: 1,
    connectionsBurst: 33,
    connectionsLater: 33,
    failed: 0,
  }
  const trials = (figures: readonly Partial<PodsRound>[]): readonly Trial<PodsRound>[] =>
    figures.map((figure) => ({ kind: 'measured', figure: { ...usual, ...figure } }))
  return new Map([
    ['round-robin', trials(own.map(() => ({})))],
    ['balanced-channel', trials(own)],
  ])
}
