import { expect, test } from 'vitest'
import { figuresOf, type RequestRecord, ratioOf } from './recording.ts'

const methods = { repeatable: 'GET', other: 'POST', stream: undefined }
const answered: RequestRecord = {
  ...{ client: 'ours', method: 'GET', at: 10, ms: 5 },
  ...{ pod: 'users-a', lost: undefined, fate: undefined },
}

test('figures are of one client and of what was due in the stretch', () => {
  const lost = { lost: 'UND_ERR_SOCKET', fate: 'maybe-processed', pod: undefined }
  const all: RequestRecord[] = [
    answered,
    { ...answered, at: 20, ms: 7 },
    { ...answered, at: 19, method: 'POST', ...lost },
    { ...answered, client: 'plain', ...lost, fate: undefined },
  ]
  expect(figuresOf(all, 'ours', methods, { from: 10, to: 20 })).toEqual({
    requests: 2,
    streams: 0,
    lost: { GET: 0, POST: 1 },
    losses: { 'POST UND_ERR_SOCKET maybe-processed': 1 },
    p50: 5,
    p99: 5,
  })
  expect(figuresOf(all, 'plain', methods, { from: 10, to: 20 })).toMatchObject({
    losses: { 'GET UND_ERR_SOCKET': 1 },
    p50: null,
  })
})

test('a ratio is the smallest value that so many do not exceed', () => {
  expect([ratioOf([3, 1, 2], 0.5), ratioOf([3, 1, 2], 1), ratioOf([], 0.5)]).toEqual([2, 3, null])
})
