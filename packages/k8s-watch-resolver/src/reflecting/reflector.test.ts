import { type Clock, systemClock } from '@evenkeel/core'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { type ApiAnswer, ApiFailure, type ApiServer } from '../access/api-server.ts'
import type { ApiObject } from './object.ts'
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
  const reflector = reflectorOf(server, systemClock)
  await ended
  await reflector.close()
  expect(asked).toEqual(['get', 'renew', 'get'])
})

test('W-08: after an outage a version that has expired is a failure of its own, not one more of the outage', async () => {
  const clock = fakeClock()
  const lines = [
    '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7","annotations":{"k8s.io/initial-events-end":"true"}}}}',
    // The watch ends here; what comes next is refused.
  ]
  const asked: string[] = []
  const server: ApiServer = {
    url: 'http://server',
    namespace: undefined,
    get: async ({ path }) => {
      asked.push(path)
      const count = asked.length
      if (count === 1) return answer(200, lines.map((line) => `${line}\n`).join(''))
      if (count < 9) throw new ApiFailure('refused', 'nobody is there')
      return answer(410, '{"code":410,"reason":"Expired"}')
    },
    renew: () => {},
    async [Symbol.asyncDispose]() {},
  }
  const reflector = reflectorOf(server, clock)
  // The outage: each attempt waits for the next step of the clock.
  while (asked.length < 9) await step(clock, 60_000)
  expect(reflector.inspect()).toMatchObject({ phase: 'waiting', version: undefined, failures: 1 })
  // A first failure is over within the first window.
  const before = asked.length
  await step(clock, 1_600)
  expect(asked.length).toBe(before + 1)
  expect(asked.at(-1)).toContain('sendInitialEvents=true')
  await reflector.close()
})

test('whoever misses news has a long wait cut short, and not what the server said', async () => {
  const clock = fakeClock()
  const asked: number[] = []
  let reaction: () => ApiAnswer = () => {
    throw new ApiFailure('refused', 'nobody is there')
  }
  const server: ApiServer = {
    url: 'http://server',
    namespace: undefined,
    get: async () => {
      asked.push(clock.now())
      return reaction()
    },
    renew: () => {},
    async [Symbol.asyncDispose]() {},
  }
  const reflector = reflectorOf(server, clock)
  while (asked.length < 9) await step(clock, 60_000)
  const nextAfter = async (): Promise<number> => {
    const count = asked.length
    while (asked.length === count) {
      reflector.hurry()
      await step(clock, 500)
    }
    return clock.now() - (asked.at(-2) ?? 0)
  }
  expect(await nextAfter()).toBeLessThanOrEqual(21_000)
  expect(await nextAfter()).toBeGreaterThanOrEqual(10_000)
  reaction = () => ({ ...answer(429, ''), header: (name) => (name === 'retry-after' ? '25' : undefined) })
  await nextAfter()
  expect(await nextAfter()).toBeGreaterThanOrEqual(25_000)
  await reflector.close()
})

/** Lets what is pending run, then moves the clock. */
async function step(clock: FakeClock, ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  clock.advance(ms)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

function reflectorOf(server: ApiServer, clock: Clock): Reflector<ApiObject> {
  const ignore = (): void => {}
  return new Reflector<ApiObject>({
    server,
    collection: { path: '/things', labelSelector: undefined },
    subject: { group: '', resource: 'things', verbs: ['list'], namespace: 'shop', reason: 'to see them' },
    manners: { watchList: true },
    observer: { arrived: (object) => object, replaced: ignore, changed: ignore, failed: ignore, recovered: ignore },
    clock,
    random: seededRandom(1),
  })
}

function answer(status: number, text: string): ApiAnswer {
  return { status, header: () => undefined, body: bytesOf(text), aliveAt: 0 }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* untilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (signal.aborted) return
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
