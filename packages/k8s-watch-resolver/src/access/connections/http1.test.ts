import { Readable } from 'node:stream'
import { fakeClock } from '@evenkeel/core/testing'
import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { getOver } from './http1.ts'

test('undici limits neither head nor body: a watch may be quiet for longer than its 300 s', async () => {
  const asked: unknown[] = []
  const request = async (options: unknown): Promise<unknown> => {
    asked.push(options)
    return { statusCode: 200, headers: {}, body: Readable.from([]) }
  }
  const outgoing = { path: '/', headers: {}, signal: new AbortController().signal }
  await getOver({ request } as unknown as Dispatcher, 'http://127.0.0.1', outgoing, fakeClock())
  expect(asked).toMatchObject([{ method: 'GET', headersTimeout: 0, bodyTimeout: 0 }])
})
