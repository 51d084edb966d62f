import { expect, test } from 'vitest'
import { actsOf } from './acts.ts'
import { readArguments } from './arguments.ts'
import { grpc } from './grpc/grpc.ts'
import { http } from './http/http.ts'
import { protocols } from './protocols.ts'

const { scenes } = http

test('every argument may be left out, and then all scenes are played', () => {
  expect(readArguments([])).toEqual({ protocol: http, json: false, seed: 1, scenes, rollouts: 3, outageSeconds: 20 })
})

test('ci is three rollouts and a short outage, nightly is everything and longer', () => {
  const { scenes: few, ...short } = readArguments(['--scenes', 'ci'])
  expect([few.map(({ name }) => name), short]).toMatchObject([
    ['rollout', 'outage'],
    { rollouts: 3, outageSeconds: 20 },
  ])
  expect(readArguments(['--scenes', 'nightly'])).toMatchObject({ scenes, rollouts: 10, outageSeconds: 60 })
})

test('scenes are chosen by name and played in their order, and what is said of lengths wins', () => {
  const { scenes: chosen, ...rest } = readArguments(['--scenes', 'killed,rollout', '--rollouts', '1', '--outage', '5'])
  expect(chosen.map(({ name }) => name)).toEqual(['rollout', 'killed'])
  expect(rest).toMatchObject({ rollouts: 1, outageSeconds: 5 })
})

test('gRPC has scenes of its own, and rollouts alone for every change', () => {
  expect(readArguments(['--protocol', 'grpc'])).toMatchObject({ protocol: grpc, scenes: grpc.scenes })
  const { scenes: few } = readArguments(['--protocol', 'grpc', '--scenes', 'ci'])
  expect(few.map(({ name }) => name)).toEqual(['rollout'])
  expect(() => readArguments(['--protocol', 'grpc', '--scenes', 'outage'])).toThrow('--scenes: outage (expected: ')
})

test.each([
  [['--protocol', 'h3'], '--protocol: h3 (expected: http or grpc)'],
  [['--scenes', 'rolout'], '--scenes: rolout (expected: ci, nightly, all, or names of rollout, '],
  [['--rollouts', '0'], '--rollouts: 0 (expected: a whole number of at least 1)'],
  [['--outage', '3'], '--outage: 3 (expected: a whole number of at least 4)'],
  [['--seed', 'x'], '--seed: x (expected: a whole number)'],
])('%j is refused by name', (parameters, complaint) => {
  expect(() => readArguments(parameters)).toThrow(complaint)
})

test('scenes share a cluster unless they need one of their own', () => {
  const acts = actsOf(readArguments(['--scenes', 'goaway,killed,rollout,watch-list-off']).scenes)
  expect(acts.map(({ flags, scenes: played }) => [Object.keys(flags), played.map(({ name }) => name)])).toEqual([
    [[], ['rollout', 'killed']],
    [['kube-apiserver'], ['watch-list-off']],
    [['kube-apiserver'], ['goaway']],
  ])
  expect(actsOf([])).toEqual([])
})

test.each(protocols)('no two scenes of $name have the same name', (protocol) => {
  const names = protocol.scenes.map(({ name }) => name)
  expect([...new Set(names)]).toEqual(names)
})
