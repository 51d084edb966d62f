import { expect, test } from 'vitest'
import { measureInRounds, ratiosOf, roundsChecks, valuesOf } from './rounds.ts'

const signal = new AbortController().signal

test('every round measures each subject once, and another one is the first in each', async () => {
  const asked: string[] = []
  const rounds = await measureInRounds({
    subjects: ['a', 'b', 'c'],
    rounds: 3,
    measure: async (subject) => asked.push(subject),
    signal,
  })
  expect(asked.join('')).toBe('abcbcacab')
  expect(valuesOf(rounds, 'b', (place) => place)).toEqual([2, 4, 9])
})

test('a subject that breaks is told by name and message, makes its check red, and does not stop the others', async () => {
  const rounds = await measureInRounds<string, number>({
    subjects: ['good', 'bad'],
    rounds: 9,
    measure: async (subject) => {
      if (subject === 'bad') throw new Error('no such server')
      return 1
    },
    signal,
  })
  const [broken, enough] = roundsChecks('http', rounds)
  expect(broken).toMatchObject({ id: 'http.broken', got: 9, ok: false })
  expect(broken?.claim).toContain('bad: no such server')
  expect(enough).toMatchObject({ id: 'http.rounds', got: 9, ok: true })
  expect(valuesOf(rounds, 'good', (value) => value)).toHaveLength(9)
})

test('a ratio is taken of rounds in which both were measured', () => {
  const rounds = new Map([
    ['base', [measured(10), { kind: 'broken' as const, message: '' }, measured(20)]],
    ['other', [measured(11), measured(100), measured(30)]],
  ])
  expect(ratiosOf(rounds, { subject: 'other', baseline: 'base' }, (value) => value)).toEqual([1.1, 1.5])
})

test('fewer than nine rounds are not ok, whatever they found', () => {
  const rounds = new Map([['base', Array.from({ length: 8 }, () => measured(1))]])
  expect(roundsChecks('p99', rounds)[1]).toMatchObject({ id: 'p99.rounds', got: 8, ok: false })
})

test('aborting ends the rounds instead of breaking one subject after another', async () => {
  const stopping = new AbortController()
  const running = measureInRounds({
    subjects: ['a'],
    rounds: 9,
    measure: async () => {
      stopping.abort()
      throw new Error('killed')
    },
    signal: stopping.signal,
  })
  await expect(running).rejects.toThrow('killed')
})

function measured(figure: number) {
  return { kind: 'measured', figure } as const
}
