import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('a command says what is measured and how it is shown', () => {
  expect(readArguments(['core'])).toEqual({ kind: 'core', output: 'table' })
  expect(readArguments(['core', '--json'])).toEqual({ kind: 'core', output: 'json' })
  expect(readArguments(['http'])).toEqual({ kind: 'http', output: 'table', rounds: 15 })
  expect(readArguments(['http', '--json', '--rounds', '11'])).toEqual({ kind: 'http', output: 'json', rounds: 11 })
  expect(readArguments(['--rounds=9', 'http'])).toEqual({ kind: 'http', output: 'table', rounds: 9 })
})

test.each([
  { words: [], says: /say what to measure/ },
  { words: ['grpc'], says: /unknown: grpc/ },
  { words: ['core', 'http'], says: /unexpected: http/ },
  { words: ['core', '--rounds', '9'], says: /belongs to http/ },
  { words: ['http', '--rounds', '8'], says: /--rounds: 8 \(expected: a whole number of at least 9\)/ },
  { words: ['http', '--rounds', 'many'], says: /--rounds: many/ },
  { words: ['http', '--rounds', '9.5'], says: /--rounds: 9.5/ },
  { words: ['core', '--fast'], says: /--fast/ },
])('$words is answered by what is wrong and the usage', ({ words, says }) => {
  expect(() => readArguments(words)).toThrow(says)
  expect(() => readArguments(words)).toThrow(/npm run bench -- core/)
})
