import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('a command says what is measured, how often, and how it is shown', () => {
  expect(readArguments(['core'])).toEqual({
    kind: 'measurement',
    bench: 'core',
    output: 'table',
    rounds: 1,
    variants: [],
    command: 'npm run bench -- core',
  })
  expect(readArguments(['http', '--json', '--rounds', '11'])).toEqual({
    kind: 'measurement',
    bench: 'http',
    output: 'json',
    rounds: 11,
    variants: [],
    command: 'npm run bench -- http --json --rounds 11',
  })
  expect(readArguments(['--rounds=2', 'core'])).toMatchObject({ bench: 'core', rounds: 2 })
  expect(readArguments(['http'])).toMatchObject({ rounds: 15 })
  expect(readArguments(['p99', '--variants', 'nginx,undici-agent-dns'])).toMatchObject({
    bench: 'p99',
    variants: ['nginx', 'undici-agent-dns'],
  })
  expect(readArguments(['grpc', '--variants', 'balanced-channel'])).toMatchObject({
    rounds: 15,
    variants: ['balanced-channel'],
  })
  expect(readArguments(['grpc-faults', '--json'])).toMatchObject({ bench: 'grpc-faults', output: 'json', rounds: 9 })
  expect(readArguments(['import'])).toMatchObject({ bench: 'import', rounds: 31 })
})

test('pictures are made of the files named', () => {
  expect(readArguments(['picture', 'results/a.json', 'b.json'])).toEqual({
    kind: 'picture',
    files: ['results/a.json', 'b.json'],
  })
})

test.each([
  { words: [], says: /say what to measure/ },
  { words: ['thrift'], says: /unknown: thrift/ },
  { words: ['constructor'], says: /unknown: constructor/ },
  { words: ['core', 'http'], says: /unexpected: http/ },
  { words: ['http', '--rounds', '0'], says: /--rounds: 0 \(expected: a whole number of at least 1\)/ },
  { words: ['http', '--rounds', 'many'], says: /--rounds: many/ },
  { words: ['http', '--rounds', '9.5'], says: /--rounds: 9.5/ },
  { words: ['http', '--variants', 'nginx,haproxy'], says: /--variants: haproxy \(expected: pools-in-turn, / },
  {
    words: ['grpc-faults', '--variants', 'balanced-channel-round-robin'],
    says: /--variants: balanced-channel-round-robin \(expected: balanced-channel, /,
  },
  { words: ['core', '--variants', 'nginx'], says: /--variants: nginx \(expected: no such option for this bench\)/ },
  { words: ['core', '--fast'], says: /--fast/ },
  { words: ['picture'], says: /say which result file/ },
  { words: ['picture', 'a.svg'], says: /a\.svg \(expected: a result file, \.json\)/ },
  { words: ['picture', 'a.json', '--json'], says: /--json belongs to a bench/ },
])('$words is answered by what is wrong and the usage', ({ words, says }) => {
  expect(() => readArguments(words)).toThrow(says)
  expect(() => readArguments(words)).toThrow(/npm run bench -- core/)
})
