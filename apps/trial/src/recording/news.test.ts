import { expect, test } from 'vitest'
import { newsOf } from './news.ts'
import type { PodState, TruthState } from './truth.ts'

const stretch = { from: 1_000, to: 9_000 }

function state(at: number, pods: Readonly<Record<string, PodState>>): TruthState {
  return { at, pods: new Map(Object.entries(pods)) }
}

function sent(address: string, ...times: readonly number[]) {
  return times.map((at) => ({ client: 'ours', at, address, call: undefined }))
}

test('a new pod has come with the first request after its slice, also when our watch was the first to hear', () => {
  const states = [state(0, { a: 'ready' }), state(2_000, { a: 'ready', b: 'ready' }), state(3_000, { c: 'ready' })]
  const attempts = [...sent('b', 2_030, 2_040), ...sent('c', 2_995, 3_005)]
  expect(newsOf(states, attempts, stretch).arrived).toEqual({ pods: 2, without: 0, median: 0, longest: 30 })
})

test('a request was there before its pod left if it began before, however late the pod saw it', () => {
  const states = [state(0, { a: 'ready' }), state(2_000, { a: 'terminating' })]
  const late = sent('a', 2_500, 2_600).map((one, index) => ({ ...one, beganAt: index === 0 ? 2_010 : 1_990 }))
  expect(newsOf(states, late, stretch).leaving).toMatchObject({ longest: 10 })
})

test('a new pod that gets no request is counted and has no time', () => {
  const states = [state(0, {}), state(2_000, { a: 'unready' }), state(3_000, { a: 'ready' })]
  expect(newsOf(states, [], stretch).arrived).toEqual({ pods: 1, without: 1, median: null, longest: null })
})

test('a leaving pod has left with the last request after its slice', () => {
  const states = [
    state(0, { a: 'ready', b: 'ready' }),
    state(2_000, { a: 'terminating', b: 'ready' }),
    state(3_000, { a: 'terminating' }),
  ]
  const { leaving, vanished } = newsOf(states, [...sent('a', 1_999, 2_007, 2_012), ...sent('b', 2_999)], stretch)
  expect(leaving).toEqual({ pods: 1, without: 0, median: 12, longest: 12 })
  expect(vanished).toEqual({ pods: 1, without: 0, median: 0, longest: 0 })
})

test('requests to a pod that is ready again, or to the next one at its address, are none to the one that left', () => {
  const states = [state(0, { a: 'ready' }), state(2_000, { a: 'unready' }), state(4_000, { a: 'ready' })]
  const news = newsOf(states, sent('a', 2_100, 4_010, 8_000), stretch)
  expect(news.vanished).toMatchObject({ longest: 100 })
  expect(news.arrived).toMatchObject({ longest: 10 })
})

test('changes outside of the stretch are none of its news', () => {
  const states = [state(0, {}), state(500, { a: 'ready' }), state(9_000, {})]
  expect(newsOf(states, [], stretch)).toMatchObject({ arrived: { pods: 0 }, vanished: { pods: 0 } })
})
