import { seededRandom } from '@evenkeel/core/testing'
import { MockAgent } from 'undici'
import { expect, test } from 'vitest'
import type { RequestRecord } from '../messages.ts'
import { startLoad } from './load.ts'

const enough = 40

/** The first requests of a load, in the order of their ids. */
async function play(name: string, seed: number, statusCode: number): Promise<readonly RequestRecord[]> {
  const dispatcher = new MockAgent()
  dispatcher.disableNetConnect()
  const pool = dispatcher.get('http://user-service:8080')
  for (const method of ['GET', 'POST']) pool.intercept({ path: '/users', method }).reply(statusCode, 'answer').persist()
  const records: RequestRecord[] = []
  await new Promise<void>((resolve) => {
    const load = startLoad({
      dispatcher,
      random: seededRandom(seed),
      name,
      record(result) {
        records.push(result)
        if (records.length >= enough) load.stop()
        if (records.length >= enough && load.underWay === 0) resolve()
      },
    })
  })
  await dispatcher.close()
  return records
    .toSorted((one, other) => Number(one.id.split('/')[1]) - Number(other.id.split('/')[1]))
    .slice(0, enough)
}

/** What does not depend on when it ran. */
function sequence(records: readonly RequestRecord[]): readonly unknown[] {
  const from = records[0]?.at ?? 0
  return records.map(({ at, method, id }) => [Math.round(at - from), method, id.split('/')[1]])
}

test('clients with the same seed get the same requests at the same times', async () => {
  const [one, other, another] = await Promise.all([play('a', 1, 200), play('b', 1, 200), play('a', 2, 200)])
  expect(sequence(one)).toEqual(sequence(other))
  expect(sequence(one)).not.toEqual(sequence(another))
  expect(new Set(one.map(({ id }) => id)).size).toBe(enough)
  expect(one.every(({ lost }) => !lost)).toBe(true)
})

test('a 5xx that the caller sees is lost', async () => {
  const records = await play('a', 1, 503)
  expect(records.every(({ lost, result }) => lost && result === '503')).toBe(true)
})
