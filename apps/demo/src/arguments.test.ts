import { describe, expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

describe('arguments', () => {
  test('without any the demo plays all of its story for people', () => {
    expect(readArguments([])).toEqual({ json: false, seconds: 90, seed: 1 })
  })

  test('each is read', () => {
    expect(readArguments(['--json', '--seconds', '20', '--seed=-7'])).toEqual({ json: true, seconds: 20, seed: -7 })
  })

  test.each([
    [['--seconds', '19'], '--seconds: 19 (expected: a number of at least 20)'],
    [['--seconds', 'long'], '--seconds: long (expected: a number of at least 20)'],
    [['--seed', '0.5'], '--seed: 0.5 (expected: a whole number)'],
  ])('%j is refused with what was expected', (parameters, message) => {
    expect(() => readArguments(parameters)).toThrow(message)
  })

  test('an unknown one is refused', () => {
    expect(() => readArguments(['--fast'])).toThrow('--fast')
  })
})
