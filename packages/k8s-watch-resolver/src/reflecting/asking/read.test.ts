import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { ScriptedBody, ScriptedServer, settled } from '../../testing/scripted-server.ts'
import { ask, read } from './read.ts'

const never = new AbortController().signal

test('a body is read whole, also in pieces', async () => {
  const body = new ScriptedBody().write('{"a":').write('1}').end()
  const clock = fakeClock()
  expect(await read({ server: new ScriptedServer(() => ({ body })), clock }, '/x', never)).toBe('{"a":1}')
  expect(clock.pending).toBe(0)
})

test('what is not granted is a refusal with what the body and the header say', async () => {
  const server = new ScriptedServer(() => ({
    status: 429,
    headers: { 'retry-after': '3' },
    body: { reason: 'TooManyRequests' },
  }))
  await expect(ask({ server, clock: fakeClock() }, '/x', never)).rejects.toMatchObject({
    kind: 'busy',
    retryAfterMs: 3_000,
    reason: 'TooManyRequests',
  })
})

test.each([200, 403])('the body of a %i that stops is given up after 10 s', async (status) => {
  const clock = fakeClock()
  const server = new ScriptedServer(() => ({ status, body: new ScriptedBody().write('{') }))
  const reading = read({ server, clock }, '/x', never).catch((error: Error) => error.message)
  await settled()
  clock.advance(10_000)
  await settled()
  expect(clock.pending).toBe(1)
  clock.advance(1)
  expect(await reading).toBe('the answer stopped in the middle')
  expect(clock.pending).toBe(0)
})

test('the signal ends it with its reason and leaves no timer', async () => {
  const clock = fakeClock()
  const control = new AbortController()
  const reading = read(
    { server: new ScriptedServer(() => ({ body: new ScriptedBody() })), clock },
    '/x',
    control.signal,
  ).catch((error: Error) => error.message)
  await settled()
  control.abort(new Error('enough'))
  expect(await reading).toBe('enough')
  expect(clock.pending).toBe(0)
})
