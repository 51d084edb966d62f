import { expect, test } from 'vitest'
import { outputDifference } from './output.ts'

test('equal output has no difference, whatever white space ends it', () => {
  expect(outputDifference('one\ntwo\n\n', 'one\ntwo\n')).toBeUndefined()
})

test.each([
  ['one\nthree\n', 'one\ntwo\n', 'prints in line 2 "three" (expected: "two")'],
  ['one\n', 'one\ntwo\n', 'prints in line 2 nothing (expected: "two")'],
  ['one\ntwo\n', 'one\n', 'prints in line 2 "two" (expected: nothing)'],
  ['', 'one\n', 'prints in line 1 "" (expected: "one")'],
  [' one\n', 'one\n', 'prints in line 1 " one" (expected: "one")'],
])('%j instead of %j is told with its line', (printed, promised, difference) => {
  expect(outputDifference(printed, promised)).toBe(difference)
})

test('… stands for anything within a line, also for nothing', () => {
  expect(outputDifference('127.0.0.1:40213 in 3 ms\nend', '127.0.0.1:… in … ms\nend…')).toBeUndefined()
})

test('… does not stand for another line', () => {
  expect(outputDifference('one\ntwo\nthree', 'one…\nthree')).toBe('prints in line 2 "two" (expected: "three")')
})

test('signs with a meaning in patterns have none here', () => {
  expect(outputDifference('a+b (c) [d]', 'a+b (c) [d]')).toBeUndefined()
  expect(outputDifference('aab', 'a+b')).toBeDefined()
  expect(outputDifference('axb', 'a.b')).toBeDefined()
})
