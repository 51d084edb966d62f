import { expect, test } from 'vitest'
import { conditionOf, isTerminating } from './conditions.ts'

test.each([
  ['M-08: without conditions', undefined, 'ready'],
  ['M-08: with null for conditions', null, 'ready'],
  ['M-08: with none of them', {}, 'ready'],
  ['M-08: with null for each', { ready: null, serving: null, terminating: null }, 'ready'],
  ['M-08: not ready and nothing else', { ready: false }, 'unready'],
  ['M-08: not ready, terminating and nothing on serving', { ready: false, terminating: true }, 'serving-terminating'],
  ['M-09: terminating and serving', { ready: false, serving: true, terminating: true }, 'serving-terminating'],
  ['M-10: ready and terminating', { ready: true, serving: false, terminating: true }, 'ready'],
  ['serving and not ready, without terminating', { ready: false, serving: true, terminating: false }, 'unready'],
  ['T-10: terminating without serving', { ready: false, serving: false, terminating: true }, 'unready'],
] as const)('%s is %s', (_, conditions, expected) => {
  expect(conditionOf(conditions)).toBe(expected)
})

test('M-08: only true is terminating', () => {
  expect([undefined, null, {}, { terminating: null }, { terminating: true }].map(isTerminating)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ])
})
