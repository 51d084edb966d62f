import { expect, test } from 'vitest'
import { differences, type PodState, podsIn } from './truth.ts'

test('a pod is ready, unready or terminating, and ready if one of its slices says so', () => {
  const endpoint = (address: string, conditions?: { readonly ready?: boolean; readonly terminating?: boolean }) => {
    return { addresses: [address], ...(conditions === undefined ? {} : { conditions }) }
  }
  const first = [endpoint('a', { ready: true }), endpoint('b', { ready: false }), endpoint('d')]
  const second = [endpoint('a', { ready: false }), endpoint('c', { ready: false, terminating: true })]
  expect([...podsIn([{ endpoints: first }, { endpoints: null }, { endpoints: second }])]).toEqual([
    ['a', 'ready'],
    ['b', 'unready'],
    ['d', 'ready'],
    ['c', 'terminating'],
  ])
})

test('a set agrees when it is ready exactly where the slices are, and knows nobody else', () => {
  const truth = new Map<string, PodState>([
    ['a', 'ready'],
    ['b', 'terminating'],
  ])
  const ready = { address: 'a', condition: 'ready' }
  expect(differences([ready, { address: 'b', condition: 'serving-terminating' }], truth)).toEqual([])
  expect(differences([ready], truth)).toEqual([])
  expect(differences([], truth)).toEqual(['a is ready and not in the set'])
  expect(differences([ready, { address: 'b', condition: 'ready' }], truth)).toEqual([
    'b is terminating and ready in the set',
  ])
  expect(differences([ready, { address: 'c', condition: 'unready' }], truth)).toEqual(['c is in the set and gone'])
})
