import { describe, expect, test } from 'vitest'
import { isRepeatableStatus, outcomeOf, retryAfterOf, saysClose, saysDrain, verdictOf } from './answer.ts'

describe('verdictOf', () => {
  test.each([
    [200, 'good'],
    [304, 'good'],
    [404, 'good'],
    [429, 'overloaded'],
    [500, 'bad'],
    [503, 'bad'],
    [599, 'bad'],
  ] as const)('%i is %s', (status, verdict) => expect(verdictOf(status)).toBe(verdict))
})

test('only 429, 502, 503 and 504 may be asked again', () => {
  const statuses = Array.from({ length: 500 }, (_, index) => index + 100)
  expect(statuses.filter(isRepeatableStatus)).toEqual([429, 502, 503, 504])
})

describe('retryAfterOf', () => {
  const date = 'Tue, 15 Nov 1994 08:12:31 GMT'

  test.each([
    ['0', 0],
    ['2', 2_000],
    [' 120 ', 120_000],
    ['999999999', 999_999_999_000],
  ])('reads %j seconds', (text, ms) => expect(retryAfterOf({ 'retry-after': text })).toBe(ms))

  test('compares a date with the answer’s own Date', () => {
    expect(retryAfterOf({ 'retry-after': 'Tue, 15 Nov 1994 08:12:41 GMT', date })).toBe(10_000)
    expect(retryAfterOf({ 'retry-after': date, date })).toBe(0)
  })

  test('a date without a Date, or one in the past, says nothing', () => {
    expect(retryAfterOf({ 'retry-after': date })).toBeUndefined()
    expect(retryAfterOf({ 'retry-after': 'Tue, 15 Nov 1994 08:12:21 GMT', date })).toBeUndefined()
  })

  test.each(['', 'soon', '-1', '1.5', '1e3', '0x10', '9999999999', 'Infinity'])('ignores %j', (text) => {
    expect(retryAfterOf({ 'retry-after': text, date })).toBeUndefined()
  })

  test('ignores a header that came twice, and one that did not come', () => {
    expect(retryAfterOf({ 'retry-after': ['1', '2'] })).toBeUndefined()
    expect(retryAfterOf({})).toBeUndefined()
  })
})

describe('outcomeOf', () => {
  test('carries Retry-After of bad and overloaded answers, not of good ones', () => {
    const headers = { 'retry-after': '3' }
    expect(outcomeOf('bad', headers)).toMatchObject({ verdict: 'bad', retryAfterMs: 3_000 })
    expect(outcomeOf('overloaded', headers)).toMatchObject({ verdict: 'overloaded', retryAfterMs: 3_000 })
    expect(outcomeOf('good', headers).retryAfterMs).toBeUndefined()
  })
})

describe('signs of a server that is going', () => {
  test('the explicit header, whatever it says', () => {
    expect(saysDrain({ 'evenkeel-drain': '1' })).toBe(true)
    expect(saysDrain({ 'evenkeel-drain': '' })).toBe(true)
    expect(saysDrain({})).toBe(false)
  })

  test.each([
    ['close', true],
    ['Close', true],
    ['keep-alive, close', true],
    ['close, upgrade', true],
    ['keep-alive', false],
    ['closed', false],
    ['x-close', false],
  ])('Connection: %s closes: %s', (connection, closes) => expect(saysClose({ connection })).toBe(closes))

  test('no Connection header closes nothing', () => expect(saysClose({})).toBe(false))
})
