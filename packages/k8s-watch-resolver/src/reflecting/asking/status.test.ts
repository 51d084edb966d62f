import { expect, test } from 'vitest'
import { Refusal, refusalOf } from './status.ts'

const tooLarge = { details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 } }

test.each([
  [410, {}, 'expired'],
  [504, tooLarge, 'too-large'],
  [504, {}, 'busy'],
  [422, {}, 'invalid'],
  [400, {}, 'invalid'],
  [401, {}, 'unauthorized'],
  [403, {}, 'forbidden'],
  [404, {}, 'missing'],
  [429, {}, 'busy'],
  [500, {}, 'busy'],
  [503, {}, 'busy'],
  [418, {}, 'other'],
] as const)('%i with %j is %s', (status, body, kind) => {
  expect(new Refusal(status, body, undefined).kind).toBe(kind)
})

test('the header says when to come again, else the body, and what is no number says nothing', () => {
  expect(new Refusal(504, tooLarge, undefined).retryAfterMs).toBe(1_000)
  expect(new Refusal(504, tooLarge, '7').retryAfterMs).toBe(7_000)
  expect(new Refusal(429, {}, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterMs).toBeUndefined()
  expect(new Refusal(429, {}, '-1').retryAfterMs).toBeUndefined()
})

test('a body that is no Status is told shortened', () => {
  const { message, kind } = refusalOf(502, `<html>${'x'.repeat(1_000)}`, undefined)
  expect(kind).toBe('busy')
  expect(message).toMatch(/^the API server answers 502: <html>x+$/)
  expect(message.length).toBeLessThan(250)
  expect(refusalOf(500, 'null', undefined).message).toBe('the API server answers 500: null')
})

test('a Status is told by its reason and message', () => {
  expect(refusalOf(403, '{"reason":"Forbidden","message":"no"}', undefined).message).toBe(
    'the API server answers 403 Forbidden: no',
  )
})
