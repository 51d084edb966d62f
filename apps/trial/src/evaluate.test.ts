import { expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { grpc } from './grpc/grpc.ts'
import { http } from './http/http.ts'
import type { Protocol } from './protocol.ts'
import type { AttemptRecord, RequestRecord } from './recording/recording.ts'
import type { PodState, TruthState } from './recording/truth.ts'
import { summary } from './summary.ts'
import type { Evidence, Played } from './trial.ts'

const requestsPerSecond = http.clients.ours
const seconds = 20
const from = 1_000
const to = from + seconds * 1_000

/** A load as it should be. */
const steady = Array.from({ length: requestsPerSecond * seconds }, (_, index): RequestRecord => {
  const at = from + (index * 1_000) / requestsPerSecond
  return { client: 'ours', method: 'GET', at, ms: 12, pod: 'users-a', lost: undefined, fate: undefined }
})

function state(at: number, pods: Readonly<Record<string, PodState>>): TruthState {
  return { at, pods: new Map(Object.entries(pods)) }
}

function sent(address: string, at: number, parts: Partial<AttemptRecord> = {}): AttemptRecord {
  return { client: 'ours', at, address, call: undefined, ...parts }
}

function evidence(name: string, parts: Partial<Evidence> = {}, played: Partial<Played> = {}): Evidence {
  const { protocol = http } = parts
  const scene = protocol.scenes.find((one) => one.name === name)
  const states = [state(0, { a: 'ready' }), state(2_000, { a: 'terminating', b: 'ready' })]
  const attempts = [sent('b', 2_030)]
  const one = {
    scene,
    from,
    to,
    countsFrom: from,
    differences: [],
    agreedAfterMs: 0,
    stalledMs: 0,
    states,
    ...played,
  } as Played
  return { played: [one], requests: steady, attempts, protocol, lengths: { rollouts: 1, outageSeconds: 20 }, ...parts }
}

function failing(from: Evidence): readonly string[] {
  return evaluate(from)
    .checks.filter(({ ok }) => !ok)
    .map(({ id }) => id)
}

function lost(parts: Partial<RequestRecord>): Partial<Evidence> {
  const one = { ...(steady[0] as RequestRecord), at: 3_000, lost: 'EVENKEEL_CONNECTION_LOST', ...parts }
  return { requests: [...steady, one] }
}

test('a rollout in which nothing is lost and all is in time passes every check', () => {
  expect(failing(evidence('rollout'))).toEqual([])
})

test('a lost request of ours fails the check of its scene and method, one of the plain client fails none', () => {
  expect(failing(evidence('rollout', lost({ method: 'POST' })))).toEqual(['trial.rollout.lost-post'])
  expect(failing(evidence('rollout', lost({ method: 'GET' })))).toEqual(['trial.rollout.lost-get'])
  expect(failing(evidence('rollout', lost({ client: 'plain' })))).toEqual([])
})

test('in a crash a POST may be lost that says maybe-processed, and nothing else', () => {
  expect(failing(evidence('killed', lost({ method: 'POST', fate: 'maybe-processed' })))).toEqual([])
  expect(failing(evidence('killed', lost({ method: 'POST' })))).toEqual(['trial.killed.unclear-post'])
  expect(failing(evidence('killed', lost({ method: 'GET', fate: 'maybe-processed' })))).toEqual([
    'trial.killed.lost-get',
  ])
})

test('losses before the time from which they count do not count', () => {
  const counted = { countsFrom: 3_500 }
  expect(failing(evidence('service-recreated', lost({}), counted))).toEqual([])
  expect(failing(evidence('service-recreated', lost({ at: 3_600 }), counted))).toEqual([
    'trial.service-recreated.lost-get',
  ])
})

test('a new pod that is picked late or never fails, and so does a leaving pod that is picked', () => {
  expect(failing(evidence('rollout', { attempts: [sent('b', 2_101)] }))).toEqual(['trial.rollout.new-pod'])
  expect(failing(evidence('rollout', { attempts: [] }))).toEqual(['trial.rollout.new-pod'])
  const attempts = [sent('b', 2_030), sent('a', 2_101)]
  expect(failing(evidence('rollout', { attempts }))).toEqual(['trial.rollout.leaving-pod'])
})

const calls: readonly RequestRecord[] = steady.flatMap((one) => {
  const call = { ...one, method: 'write' }
  return [call, call, call]
})

function onGrpc(name: string, parts: Partial<Evidence> = {}): Evidence {
  const protocol: Protocol = grpc
  return evidence(name, { protocol, requests: calls, attempts: [sent('b', 2_030)], ...parts })
}

test('a call of gRPC that is processed twice fails, one of another client or one that may be does not', () => {
  expect(failing(onGrpc('rollout'))).toEqual([])
  const twice = (parts: Partial<AttemptRecord>): readonly AttemptRecord[] => {
    return [sent('b', 2_030, { call: '7', ...parts }), sent('a', 2_050, { call: '7', ...parts })]
  }
  expect(failing(onGrpc('rollout', { attempts: twice({}) }))).toEqual(['trial.rollout.processed-twice'])
  const attempts = [...twice({ client: 'round-robin' }), ...twice({ call: undefined })]
  expect(failing(onGrpc('rollout', { attempts }))).toEqual([])
})

test('a stream that is lost in a rollout fails, and one in a crash does not', () => {
  const stream = { ...(calls[0] as RequestRecord), method: 'follow', lost: 'UNAVAILABLE' }
  expect(failing(onGrpc('rollout', { requests: [...calls, stream] }))).toEqual(['trial.rollout.lost-follow'])
  expect(failing(onGrpc('killed', { requests: [...calls, stream] }))).toEqual([])
  const read = { ...stream, method: 'read' }
  expect(failing(onGrpc('killed', { requests: [...calls, read] }))).toEqual(['trial.killed.lost-read'])
})

test('when pods come in numbers, each has to get requests within a second', () => {
  const failures = (attempts: readonly AttemptRecord[]) => failing(onGrpc('scale-up', { attempts }))
  expect(failures([sent('b', 3_000)])).toEqual([])
  expect(failures([sent('b', 3_001)])).toEqual(['trial.scale-up.new-pods'])
  expect(failures([])).toEqual(['trial.scale-up.new-pods', 'trial.scale-up.without'])
})

test('a set that is not what the slices say fails', () => {
  expect(failing(evidence('killed', {}, { differences: ['a is in the set and gone'] }))).toEqual([
    'trial.killed.agrees',
  ])
})

test('a load that is too light fails, and rollouts under it prove nothing', () => {
  expect(failing(evidence('rollout', { requests: steady.slice(0, 1_500) }))).toEqual([
    'trial.rollout.requests',
    'trial.load',
  ])
})

test('the summary has a line for each client, what was lost and why, and what does not hold', () => {
  const outcome = evaluate(evidence('rollout', lost({ method: 'POST', fate: 'maybe-processed' })))
  const lines = summary(outcome, http)
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
  expect(lines).toContain('rollout ours 3,601 0 1 12 12 30 (30) 0 (0)')
  expect(lines).toContain('plain 0 0 0 - -')
  expect(lines).toContain('ours 1 POST EVENKEEL_CONNECTION_LOST maybe-processed')
  expect(lines).toContain('trial.rollout.lost-post: no POST is lost: 1 requests (expected: 0)')
})
