import { describe, expect, test } from 'vitest'
import { type Evidence, evaluate } from './evaluate.ts'
import { type ClientNews, perClient, type RequestRecord } from './messages.ts'
import { Recording } from './recording/recording.ts'
import { killedPod } from './scenes/killed-pod.ts'
import { rollingRestart } from './scenes/rolling-restart.ts'
import { slowPod } from './scenes/slow-pod.ts'

const second = 1_000
const all = { from: 0, to: 30 * second }

function request(parts: Partial<RequestRecord>): RequestRecord {
  return { id: 'evenkeel/1', at: 0, method: 'GET', ms: 20, lost: false, result: '200', fate: undefined, ...parts }
}

/** A run whose load is as it should be, and what else is said. */
function evidence(parts: Partial<Evidence> = {}, told: Partial<ClientNews> = {}): Evidence {
  const recordings = perClient(() => new Recording())
  const steady = Array.from({ length: 320 * 30 }, (_, index) => request({ at: (index * second) / 320 }))
  const news = { requests: [], attempts: [], endings: [], underWay: 0, repeated: 0, inspection: undefined }
  for (const recording of Object.values(recordings)) recording.add({ ...news, requests: steady }, 0)
  recordings.evenkeel.add({ ...news, ...told }, 0)
  return { played: [], recordings, posts: new Map(), all, ...parts }
}

function failing(from: Evidence): readonly string[] {
  return evaluate(from)
    .checks.filter(({ ok }) => !ok)
    .map(({ id }) => id)
}

describe('evaluation', () => {
  const restarted = [{ scene: rollingRestart, marks: {}, from: 5 * second }]
  const killed = [{ scene: killedPod, marks: {}, from: 5 * second }]
  const lost = { at: 6 * second, lost: true, result: 'EVENKEEL_CONNECTION_LOST', fate: 'maybe-processed' } as const

  test('a run in which nothing is lost passes every check', () => {
    expect(failing(evidence({ played: restarted }))).toEqual([])
  })

  test('a lost request fails the check of its scene and method', () => {
    const requests = [request({ ...lost, method: 'POST' })]
    expect(failing(evidence({ played: restarted }, { requests }))).toEqual(['demo.rolling-restart.lost-post'])
  })

  test('after a crash a lost POST passes only with the fate maybe-processed, a lost GET never', () => {
    const honest = [request({ ...lost, method: 'POST' })]
    expect(failing(evidence({ played: killed }, { requests: honest }))).toEqual([])
    const wrong = [request({ ...lost, method: 'POST', fate: 'unprocessed' }), request(lost)]
    expect(failing(evidence({ played: killed }, { requests: wrong }))).toEqual([
      'demo.killed-pod.lost-get',
      'demo.killed-pod.unclear-post',
    ])
  })

  test('a POST that servers process twice fails, for its own client only', () => {
    expect(failing(evidence({ posts: new Map([['evenkeel/7', 2]]) }))).toEqual(['demo.posted-twice'])
    const theirs = evaluate(evidence({ posts: new Map([['BalancedPool/7', 2]]) }))
    expect(theirs.checks.every(({ ok }) => ok)).toBe(true)
    expect(theirs.beside['demo.posted-twice']).toBe(1)
  })

  test('a POST that was processed and fails as unprocessed is told on', () => {
    const requests = [request({ ...lost, id: 'evenkeel/9', method: 'POST', fate: 'unprocessed' })]
    expect(failing(evidence({ posts: new Map([['evenkeel/9', 1]]) }, { requests }))).toEqual(['demo.denied'])
  })

  test('a request without an end fails, and so does a load that is too light', () => {
    expect(failing(evidence({}, { underWay: 1 }))).toEqual(['demo.unanswered'])
    const recordings = perClient(() => new Recording())
    expect(failing(evidence({ recordings }))).toEqual(['demo.load'])
  })
})

describe('slow pod', () => {
  const marks = { slowed: 0, healed: 10 * second, port: 1, pods: 4 }

  /** Checks of a run in which the pod got one attempt in so many, from the time of healing on another. */
  function results(slowOneIn: number, backAt: number): readonly unknown[] {
    const recording = new Recording()
    const attempts = Array.from({ length: 16 * 300 }, (_, index) => {
      const at = (index * second) / 300
      const oneIn = at < 10 * second + backAt ? slowOneIn : 4
      return { at, port: index % oneIn === 0 ? 1 : 2 }
    })
    recording.add({ requests: [], attempts, endings: [], underWay: 0, repeated: 0, inspection: undefined }, 0)
    return slowPod.checks(recording, all, marks).map(({ got, ok }) => [got, ok])
  }

  test('its share is taken in seconds 2 to 10, its way back to the end of the first second with half its fair share', () => {
    expect(results(100, 2_000)).toEqual([
      [0.01, true],
      [2.5, true],
    ])
  })

  test('too large a share fails, and so does a pod that never comes back', () => {
    expect(results(40, 60_000)).toEqual([
      [0.025, false],
      [null, false],
    ])
  })
})
