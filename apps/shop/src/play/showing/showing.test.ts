import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Pod } from '../cluster/pods.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import type { Now } from '../play.ts'
import { Recording } from '../recording/recording.ts'
import { scenes } from '../scenes.ts'
import { liveTable } from './live-table.ts'
import { picture } from './picture.ts'
import { summary } from './summary.ts'

const at = 100_000

function recorded(): Recording {
  const recording = new Recording()
  const request = {
    at: at - 500,
    method: 'GET',
    ms: 20,
    lost: undefined,
    pods: ['front', 'users-a', 'catalog-a'],
  } as const
  recording.requests.push(request, request, {
    ...request,
    lost: '502 users ECONNREFUSED',
    method: 'POST',
    pods: ['front'],
  })
  recording.samples.push(
    { at: at - 100, app: 'users', pod: 'users-a', connections: 12 },
    { at: at - 100, app: 'users', pod: 'users-b', connections: 0 },
  )
  return recording
}

function now(pods: readonly Pod[] = []): Now {
  const scene = { name: 'users-rollout', says: 'a restart' }
  return { scene, seconds: 21.4, stage: { pods: () => pods }, recording: recorded(), underWay: 3 }
}

function outcome(): Outcome {
  const whole = { from: at - 1_000, to: at }
  const [scene] = scenes.slice(1)
  const took = { rolledOut: 7.8, gone: 13.8 }
  return outcomeOf({
    recording: recorded(),
    played: [{ scene: scene as (typeof scenes)[0], took, whole, after: whole }],
    calls: new Map(),
  })
}

test('the picture tells the scene, what customers see, and a line for each pod', () => {
  const pods = (['ready', 'terminating'] as const).map((state, index) => {
    return { name: `users-${'ab'[index]}`, app: 'users', address: '198.18.1.2', state }
  })
  const lines = picture(now([...pods, { name: 'users-c', app: 'users', address: undefined, state: 'starting' }]), at)
  expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    '21 s users-rollout: a restart',
    'steady [users-rollout] storefront-rollout users-up users-down',
    '',
    '2 requests/s p50 20 ms p99 20 ms 3 under way',
    '3 requests so far, 1 of them lost',
    ' 1 POST 502 users ECONNREFUSED',
    '',
    'pod state connections share, last 2 s',
    'users-a ready 12 100.0 %',
    'users-b terminating 0 0.0 %',
    'users-c starting',
  ])
})

test('a terminal is drawn over, and nothing is longer than its line', () => {
  const out = Object.assign(new PassThrough(), { isTTY: true, rows: 5, columns: 30 })
  const look = liveTable(out as unknown as NodeJS.WriteStream)
  look(now())
  const first: string = out.read().toString()
  expect(first.split('\n').length).toBe(5)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those of the terminal
  for (const line of first.split('\n')) expect(line.replaceAll(/\u001b\[./g, '').length).toBeLessThan(30)
  look(now())
  expect(out.read().toString()).toMatch('\u001b[4A')
})

test('elsewhere there is a line for each scene', () => {
  const out = new PassThrough()
  const look = liveTable(out as unknown as NodeJS.WriteStream)
  look(now())
  look(now())
  expect(out.read().toString()).toBe('21 s  users-rollout: a restart\n')
})

test('the summary tells each scene, what was lost, and where the answers came from', () => {
  const lines = summary(outcome())
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '))
  expect(lines).toContain('users-rollout 3 1 0 1 20 20 13.8 0.0 % to 100.0 %')
  expect(lines).toContain(' 1 POST 502 users ECONNREFUSED')
  expect(lines).toContain('users-rollout 100.0 % (12) 0.0 % (0)')
})

test('the document holds every scene and second, and too few requests are not ok', () => {
  const { checks, scenes: played, perSecond, total } = outcome()
  expect(checks).toMatchObject([{ id: 'shop.load', got: 3, ok: false }])
  expect(played).toMatchObject([{ name: 'users-rollout', from: 0, to: 1, took: { rolledOut: 7.8, gone: 13.8 } }])
  expect(played[0]?.after.pods.users.map(({ pod, share }) => [pod, share])).toEqual([
    ['users-a', 1],
    ['users-b', 0],
  ])
  expect(perSecond).toMatchObject([
    { requests: 3, users: { 'users-a': 2, 'users-b': 0 }, connections: { 'users-a': 12 } },
  ])
  expect(total.lost).toEqual({ GET: 0, POST: 1 })
})
