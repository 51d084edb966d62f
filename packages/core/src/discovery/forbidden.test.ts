import { expect, test } from 'vitest'
import { EvenkeelError } from '../errors.ts'
import { isForbidden } from './forbidden.ts'

test.each([{ status: 403 }, { statusCode: 403 }, { code: 403 }])('%j forbids, also as a cause', (cause) => {
  expect(isForbidden(cause)).toBe(true)
  expect(isForbidden(new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', 'x', { cause: new Error('y', { cause }) }))).toBe(
    true,
  )
})

test.each([undefined, null, 403, 'forbidden', { status: 401 }, { code: 'EACCES' }, new Error('403')])(
  '%s does not forbid',
  (error) => {
    expect(isForbidden(error)).toBe(false)
  },
)

test('causes that run in a circle come to an end', () => {
  const error: { cause?: unknown } = {}
  error.cause = error
  expect(isForbidden(error)).toBe(false)
})
