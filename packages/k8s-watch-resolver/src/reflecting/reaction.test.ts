import { seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Refusal } from './asking/status.ts'
import { isOurWait, reactionTo } from './reaction.ts'

const random = seededRandom(1)
const first = { backoffMs: 500, failures: 1, hasRenewed: false, random }

function refused(status: number, retryAfter?: string): Refusal {
  return new Refusal(status, {}, retryAfter)
}

test.each([
  [new Error('reset'), 'version', 500, 'usual'],
  [new SyntaxError('no event'), 'anew', 500, 'usual'],
  [new RangeError('too long'), 'anew', 500, 'usual'],
  [refused(410), 'anywhere', 500, 'light'],
  [refused(418), 'anywhere', 500, 'usual'],
  [refused(422), 'anywhere', 500, 'usual'],
  [refused(503), 'version', 500, 'usual'],
  [refused(401), 'version', 0, 'light'],
] as const)('after %s it goes on from %s in %i ms', (cause, from, delayMs, weight) => {
  expect(reactionTo(cause, first)).toEqual({ from, delayMs, weight })
})

test('a version that is too old again and again is a failure like others', () => {
  expect(reactionTo(refused(410), { ...first, failures: 3 }).weight).toBe('usual')
})

test('a token that was read again and is refused again is grave, and not shown at once', () => {
  expect(reactionTo(refused(401), { ...first, hasRenewed: true })).toEqual({
    from: 'version',
    delayMs: 500,
    weight: 'grave',
  })
})

test('the time that a server says is kept, and a little more, so that not all come at once', () => {
  const delays = Array.from({ length: 1_000 }, () => reactionTo(refused(429, '7'), first).delayMs)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(7_000)
  expect(Math.max(...delays)).toBeLessThan(7_700)
  expect(Math.max(...delays)).toBeGreaterThan(7_500)
})

test.each([403, 404])('after %i it is asked again in 30 to 60 s, and told at once', (status) => {
  const reactions = Array.from({ length: 1_000 }, () => reactionTo(refused(status), first))
  const delays = reactions.map(({ delayMs }) => delayMs)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(30_000)
  expect(Math.max(...delays)).toBeLessThan(60_000)
  expect(new Set(reactions.map(({ weight }) => weight))).toEqual(new Set(['grave']))
})

test.each([
  [new Error('reset'), true],
  [refused(500), true],
  [refused(410), true],
  [refused(401), true],
  [refused(503, '7'), false],
  [refused(429, '7'), false],
  [refused(403), false],
  [refused(404), false],
] as const)('whether the wait after %s is but our own is %s', (cause, expected) => {
  expect(isOurWait(cause)).toBe(expected)
})
