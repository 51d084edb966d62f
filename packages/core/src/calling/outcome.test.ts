import { expect, test } from 'vitest'
import {
  answeredBad,
  answeredCancelled,
  answeredGood,
  answeredLeaving,
  answeredOverloaded,
  callerMaybeProcessed,
  callerUnprocessed,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
  failedUnprocessed,
  lostMaybeProcessed,
} from './outcome.ts'

test.each([
  ['answeredGood', answeredGood, 'answered good none'],
  ['answeredLeaving', answeredLeaving, 'answered good none'],
  ['answeredBad', answeredBad, 'answered bad endpoint'],
  ['answeredOverloaded', answeredOverloaded, 'answered overloaded endpoint'],
  ['answeredCancelled', answeredCancelled, 'answered cancelled none'],
  ['lostMaybeProcessed', lostMaybeProcessed, 'maybe-processed bad endpoint'],
  ['cancelledMaybeProcessed', cancelledMaybeProcessed, 'maybe-processed cancelled none'],
  ['failedUnprocessed', failedUnprocessed, 'unprocessed bad network'],
  ['cancelledUnprocessed', cancelledUnprocessed, 'unprocessed cancelled none'],
  ['callerUnprocessed', callerUnprocessed, 'unprocessed cancelled caller'],
  ['callerMaybeProcessed', callerMaybeProcessed, 'maybe-processed cancelled caller'],
])('%s says what its name says and cannot be changed', (name, outcome, text) => {
  expect(`${outcome.fate} ${outcome.verdict} ${outcome.fault}`).toBe(text)
  expect(outcome.leaving).toBe(name === 'answeredLeaving')
  expect([outcome.retryAfterMs, outcome.report]).toEqual([undefined, undefined])
  expect(Object.isFrozen(outcome)).toBe(true)
})
