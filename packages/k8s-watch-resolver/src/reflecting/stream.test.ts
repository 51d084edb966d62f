import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { type Scripted, ScriptedBody, ScriptedServer, settled } from '../testing/scripted-server.ts'
import { Refusal } from './asking/status.ts'
import { Stream } from './stream.ts'

function streamOf(answer: Scripted) {
  const clock = fakeClock()
  const control = new AbortController()
  const server = new ScriptedServer(() => answer)
  const random = seededRandom(1)
  const stream = new Stream({ server, path: '/w', seconds: 300, clock, random, signal: control.signal })
  const batches: string[] = []
  const ended = (async () => {
    try {
      for await (const batch of stream.events()) batches.push(batch.map(({ type }) => type).join(' '))
      return 'end'
    } catch (error) {
      return error as Error
    }
  })()
  return { clock, control, stream, batches, ended }
}

const added = '{"type":"ADDED","object":{}}\n'

test('what one piece says is one batch, and half a line waits for the rest', async () => {
  const body = new ScriptedBody()
    .write(added + added + added.slice(0, 9))
    .write(added.slice(9))
    .end()
  const { batches, ended, stream, clock } = streamOf({ body })
  expect([await ended, batches]).toEqual(['end', ['ADDED ADDED', 'ADDED']])
  expect([stream.bytes, clock.pending]).toEqual([added.length * 3, 0])
})

test('an end in the middle of an event is no end in order', async () => {
  const { batches, ended } = streamOf({ body: new ScriptedBody().write(`${added}{"type"`).end() })
  expect(await ended).toMatchObject({ message: 'the watch ended in the middle of an event' })
  expect(batches).toEqual(['ADDED'])
})

test('an ERROR event is a refusal, also one without a code', async () => {
  const error = await streamOf({ body: '{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n' }).ended
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({ kind: 'expired' })
  expect(await streamOf({ body: '{"type":"ERROR","object":{}}\n' }).ended).toMatchObject({ kind: 'busy', status: 500 })
})

test('a line that is no JSON is an error', async () => {
  expect(await streamOf({ body: 'hello\n' }).ended).toBeInstanceOf(SyntaxError)
})

test('it has not proved to be alive before its head has come', async () => {
  const { stream, ended } = streamOf({ body: new ScriptedBody(), aliveAt: 7 })
  expect(stream.aliveAt).toBe(Number.NEGATIVE_INFINITY)
  await settled()
  expect(stream.aliveAt).toBe(7)
  stream[Symbol.dispose]()
  await ended
})

test('silence is bitten, with the reason and no timer left', async () => {
  const { clock, ended } = streamOf({ body: new ScriptedBody() })
  await settled()
  clock.advance(180_000)
  expect(await ended).toMatchObject({ message: expect.stringMatching(/^nothing came for/) })
  expect(clock.pending).toBe(0)
})

test('a signal ends it with its reason, before and after its head', async () => {
  const { control, ended, clock } = streamOf({ body: new ScriptedBody() })
  await settled()
  control.abort(new Error('closed'))
  expect(await ended).toMatchObject({ message: 'closed' })
  expect(clock.pending).toBe(0)
  const early = streamOf({ body: new ScriptedBody() })
  early.control.abort(new Error('closed early'))
  expect(await early.ended).toMatchObject({ message: 'closed early' })
})
