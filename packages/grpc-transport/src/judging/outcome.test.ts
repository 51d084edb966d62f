import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { connectOutcome, isRepeatable, nameOf, outcomeOf, verdictOf } from './outcome.ts'

test('codes that speak of the request come from a server that is well, the others speak against it or of its load', () => {
  const verdicts = new Map<string, string[]>()
  for (const [name, code] of Object.entries(status)) {
    if (typeof code !== 'number') continue
    const verdict = verdictOf(code)
    verdicts.set(verdict, [...(verdicts.get(verdict) ?? []), name])
  }
  expect(verdicts.get('bad')?.sort()).toEqual(['DATA_LOSS', 'DEADLINE_EXCEEDED', 'INTERNAL', 'UNAVAILABLE', 'UNKNOWN'])
  expect(verdicts.get('overloaded')).toEqual(['RESOURCE_EXHAUSTED'])
  expect(verdicts.get('good')).toHaveLength(11)
})

test('a reset before the head leaves open what became of the call, one after the head was an answer, a refusal is neither', () => {
  expect(outcomeOf(status.CANCELLED, 8, 'nothing', undefined).fate).toBe('maybe-processed')
  expect(outcomeOf(status.INTERNAL, 2, 'head', undefined)).toMatchObject({ fate: 'answered', verdict: 'bad' })
  expect(outcomeOf(status.UNAVAILABLE, 7, 'nothing', undefined)).toMatchObject({
    fate: 'unprocessed',
    fault: 'endpoint',
  })
})

test('a push-back is the time that the server asks for, unless it forbids', () => {
  expect(outcomeOf(status.UNAVAILABLE, undefined, 'nothing', 50).retryAfterMs).toBe(50)
  expect(outcomeOf(status.UNAVAILABLE, undefined, 'nothing', -1).retryAfterMs).toBeUndefined()
})

test('what was lost may be asked again, and of answers those that say that another server might answer', () => {
  const answer = (code: status): boolean => isRepeatable(code, outcomeOf(code, undefined, 'nothing', undefined))
  expect([answer(status.UNAVAILABLE), answer(status.RESOURCE_EXHAUSTED), answer(status.INTERNAL)]).toEqual([
    true,
    true,
    false,
  ])
  expect(isRepeatable(status.INTERNAL, outcomeOf(status.INTERNAL, 0, 'nothing', undefined))).toBe(true)
})

test('a process without descriptors or ports blames itself', () => {
  expect(connectOutcome('Error: connect EMFILE 10.0.0.1:80').fault).toBe('caller')
  expect(connectOutcome('Error: connect ECONNREFUSED 10.0.0.1:80').fault).toBe('network')
})

test('attempts are named by what ended them', () => {
  const lost = outcomeOf(status.UNAVAILABLE, 8, 'nothing', undefined)
  expect(nameOf(status.UNAVAILABLE, lost, 5)).toBe('EVENKEEL_HEAD_TIMEOUT')
  expect(nameOf(status.UNAVAILABLE, lost, undefined)).toBe('EVENKEEL_CONNECTION_LOST')
  const refused = outcomeOf(status.UNAVAILABLE, 7, 'nothing', undefined)
  expect(nameOf(status.UNAVAILABLE, refused, undefined)).toBe('EVENKEEL_REQUEST_REFUSED')
  const answered = outcomeOf(status.NOT_FOUND, undefined, 'nothing', undefined)
  expect(nameOf(status.NOT_FOUND, answered, undefined)).toBe('NOT_FOUND')
})
