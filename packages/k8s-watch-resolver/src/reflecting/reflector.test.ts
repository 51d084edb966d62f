import { systemClock } from '@evenkeel/core'
import { seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import type { ApiServer } from '../access/api-server.ts'
import { Reflector } from './reflector.ts'

test('W-12: after a 401 the credentials are read anew before anything is asked again', async () => {
  const asked: string[] = []
  let over = (): void => {}
  const ended = new Promise<void>((resolve) => {
    over = resolve
  })
  const server: ApiServer = {
    url: 'http://server',
    namespace: undefined,
    get: async ({ signal }) => {
      asked.push('get')
      if (asked.length > 1) over()
      const isFirst = asked.length === 1
      return {
        status: isFirst ? 401 : 200,
        header: () => undefined,
        body: isFirst ? nothing() : untilAborted(signal),
        aliveAt: 0,
      }
    },
    renew: () => void asked.push('renew'),
    async [Symbol.asyncDispose]() {},
  }
  const ignore = (): void => {}
  const reflector = new Reflector({
    server,
    collection: { path: '/things', labelSelector: undefined },
    subject: { group: '', resource: 'things', verbs: ['list'], namespace: 'shop', reason: 'to see them' },
    manners: { watchList: true },
    observer: { arrived: (object) => object, replaced: ignore, changed: ignore, failed: ignore, recovered: ignore },
    clock: systemClock,
    random: seededRandom(1),
  })
  await ended
  await reflector.close()
  expect(asked).toEqual(['get', 'renew', 'get'])
})

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* untilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (signal.aborted) return
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
