import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { EvenkeelError, errorCodes, invalidOption } from './errors.ts'

test('a refusal names the option, the value and what was expected', () => {
  expect(invalidOption('decayMs', 0, '> 0').message).toBe(
    'EVENKEEL_INVALID_OPTION: decayMs: 0 (expected: > 0); fault: caller. Next: correct the option named in the message.',
  )
})

test.each([
  ['a text', '"a text"'],
  [undefined, 'undefined'],
  [() => 1, 'a function'],
  [[1, 2], 'an array of 2'],
  [{ secret: 'x' }, 'an object'],
])('a refusal shows %o without what is in it', (value, shown) => {
  expect(invalidOption('option', value, 'else').message).toContain(`option: ${shown} (expected: else)`)
})

test('the message says what, where, which attempts, whose fault and the next step', () => {
  const cause = new Error('read ECONNRESET')
  const error = new EvenkeelError('EVENKEEL_CONNECTION_LOST', 'the connection ended', {
    service: 'user-service.shop:http',
    endpoint: '10.0.0.2:8080',
    attempts: [
      { endpoint: '10.0.0.1:8080', phase: 'connect', ms: 1.2, code: 'ECONNREFUSED' },
      { endpoint: '10.0.0.2:8080', phase: 'head', ms: 19.7, code: 'ECONNRESET' },
    ],
    fate: 'maybe-processed',
    fault: 'endpoint',
    cause,
  })
  expect(error.message).toBe(
    'EVENKEEL_CONNECTION_LOST: the connection ended [user-service.shop:http at 10.0.0.2:8080]; ' +
      'attempts: 10.0.0.1:8080 connect ECONNREFUSED after 1 ms, 10.0.0.2:8080 head ECONNRESET after 20 ms; ' +
      `fate: maybe-processed, fault: endpoint. Next: ${errorCodes.EVENKEEL_CONNECTION_LOST.next}.`,
  )
  expect(error.cause).toBe(cause)
  expect(inspect(error)).toContain('read ECONNRESET')
})

test('an error of another copy of the package is recognised', async () => {
  const copy = (await import(`./errors.ts?copy=${'other'}`)) as typeof import('./errors.ts')
  const foreign = new copy.EvenkeelError('EVENKEEL_CLOSED', 'it was closed')
  expect(foreign).not.toBeInstanceOf(EvenkeelError)
  expect(EvenkeelError.is(foreign)).toBe(true)
})

test.each([undefined, null, 'text', new Error('x'), { code: 'EVENKEEL_CLOSED' }])('%o is not one of ours', (value) => {
  expect(EvenkeelError.is(value)).toBe(false)
})
