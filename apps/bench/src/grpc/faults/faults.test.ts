import { expect, test, vi } from 'vitest'
import { runChild } from '../../child.ts'
import type { Trial } from '../../rounds.ts'
import type { BackendTask } from '../backend.ts'
import { withBackends } from '../fleet.ts'
import type { FaultTask } from './client.ts'
import { faultNames, judgeFaults, type VariantRound } from './judge.ts'
import { type FaultRound, type Sample, type Seen, summary } from './summary.ts'

// Processes are started, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 30_000 })

const seen: Seen = { brokenAt: 10_000, badMessage: 'bad', good: [], bad: [] }
const { signal } = new AbortController()

test('what ended before the server went bad does not count, and what was under way then does', () => {
  const samples = [sample(9_999), sample(10_000), sample(10_500, 'bad'), failure(11_000, 'UNAVAILABLE')]
  expect(summary(samples, seen)).toMatchObject({ calls: 3, failed: 1, codes: { UNAVAILABLE: 1 }, badAnswers: 0.5 })
})

test('latencies of calls that failed count like those of the others', () => {
  const samples = [5, 5, 1_000].map((latencyMs) => ({ ...sample(10_000), latencyMs }))
  expect(summary(samples, seen).p50Ms).toBe(5)
  expect(summary(samples, seen).p99Ms).toBeGreaterThan(900)
  const failed = samples.map((one) => ({ ...one, answered: { kind: 'failed', code: 'UNAVAILABLE' } }) as const)
  expect(summary(failed, seen).p99Ms).toBe(summary(samples, seen).p99Ms)
})

test('attempts are counted at the servers in the first four seconds, and a server that cannot tell has none', () => {
  const good = [9_000, 10_000, 11_000, 13_999, 14_000]
  const bad = [9_999, 13_999, 14_000]
  expect(summary([sample(10_000)], { ...seen, good, bad }).badAttempts).toBe(0.25)
  expect(summary([sample(10_000)], { ...seen, good, bad: undefined }).badAttempts).toBeNull()
})

test('a client sends a server its signal, and tells of the calls that it cost', async () => {
  const good: BackendTask = { hosts: ['127.0.0.1'], delayMs: 0, message: 'good', arrivals: 'kept' }
  const bad: BackendTask = { ...good, message: 'bad', fault: 'silent' }
  const round = await withBackends({ tasks: [bad, good], signal }, ([first, ...others]) => {
    const task: FaultTask = {
      variant: 'round-robin',
      bad: first as NonNullable<typeof first>,
      good: others,
      signal: 'SIGUSR2',
      badMessage: 'bad',
      seed: 1,
      perSecond: 100,
      deadlineMs: 400,
      warmUpMs: 500,
      windowMs: 500,
    }
    return runChild<FaultRound>({ module: new URL('client.ts', import.meta.url), task, signal })
  })
  expect(round.codes).toEqual({ DEADLINE_EXCEEDED: round.failed })
  // Every other call goes to it, but for those under way when it went bad.
  expect(round.failed).toBeGreaterThan(5)
  expect(round.badAttempts).toBeGreaterThan(0.25)
})

test('one failed call of ours in one round makes the black hole red', () => {
  expect(checkOf('black-hole-failed', [{}, {}, {}])).toMatchObject({ ok: true, got: 0 })
  expect(checkOf('black-hole-failed', [{}, {}, { failed: 1 }])).toMatchObject({ ok: false, got: 1 })
})

test('the share of attempts is the median of the rounds, in %', () => {
  expect(checkOf('black-hole-attempts', [{ badAttempts: 0.005 }])).toMatchObject({ ok: true, got: 0.5 })
  expect(checkOf('black-hole-attempts', [{}, { badAttempts: 0.006 }, { badAttempts: 0.007 }])).toMatchObject({
    ok: false,
  })
})

test('nothing measured is not ok', () => {
  const { checks } = judgeFaults(new Map([['balanced-channel', []]]), ['balanced-channel'], {})
  expect(checks.filter(({ ok }) => !ok).map(({ id, got }) => [id, got])).toEqual([
    ['grpc-faults.rounds', 0],
    ['grpc-faults.black-hole-failed', null],
    ['grpc-faults.black-hole-attempts', null],
  ])
})

test('every fault has a table and two pictures, and only ours is judged', () => {
  const { tables, panels, checks } = judgeFaults(roundsOf('round-robin', [{}]), ['round-robin'], {})
  expect(tables).toHaveLength(faultNames.length)
  expect(panels.map(({ title }) => title)).toEqual(
    faultNames.flatMap((fault) => [`${fault}: failed calls, %`, `${fault}: p99, ms`]),
  )
  expect(checks.map(({ id }) => id)).toEqual(['grpc-faults.broken', 'grpc-faults.rounds'])
})

function sample(endedAt: number, message = 'good'): Sample {
  return { lateMs: 0, latencyMs: 5, endedAt, answered: { kind: 'good', message } }
}

function failure(endedAt: number, code: string): Sample {
  return { ...sample(endedAt), answered: { kind: 'failed', code } }
}

function checkOf(id: string, blackHoles: readonly Partial<FaultRound>[]) {
  const { checks } = judgeFaults(roundsOf('balanced-channel', blackHoles), ['balanced-channel'], {})
  return checks.find((check) => check.id === `grpc-faults.${id}`)
}

function roundsOf(
  variant: string,
  blackHoles: readonly Partial<FaultRound>[],
): ReadonlyMap<string, readonly Trial<VariantRound>[]> {
  const usual: FaultRound = {
    calls: 100,
    failed: 0,
    codes: {},
    p50Ms: 5,
    p99Ms: 10,
    badAnswers: 0,
    badAttempts: 0,
    lateP99Ms: 1,
  }
  const faults = Object.fromEntries(faultNames.map((fault) => [fault, usual])) as unknown as VariantRound
  const trials = blackHoles.map(
    (figure) => ({ kind: 'measured', figure: { ...faults, 'black hole': { ...usual, ...figure } } }) as const,
  )
  return new Map([[variant, trials]])
}
