import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('every argument may be left out', () => {
  expect(readArguments([])).toEqual({ json: false, plain: false, seed: 1 })
  expect(readArguments(['--json', '--plain', '--seed', '7'])).toEqual({ json: true, plain: true, seed: 7 })
})

test('a seed that is no whole number, and an unknown argument, are refused by name', () => {
  expect(() => readArguments(['--seed', 'x'])).toThrow('--seed: x (expected: a whole number)')
  expect(() => readArguments(['--sed', '1'])).toThrow('--sed')
})
