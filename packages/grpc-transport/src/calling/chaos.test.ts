import { seededRandom } from '@evenkeel/core/testing'
import { Metadata, status } from '@grpc/grpc-js'
import { expect, onTestFailed, test } from 'vitest'
import { open, until, within } from '../testing/field.ts'
import { silent, TestServer } from '../testing/servers.ts'

const seed = 7
const calls = 3_000
// As many at a time as keep every path busy at once.
const atOnce = 50

test('after thousands of calls with aborts, deadlines, resets and silence nothing is left', {
  timeout: 60_000,
}, async () => {
  onTestFailed(() => console.log(`seed ${seed}`))
  const random = seededRandom(seed)
  const servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => TestServer.listen(name)))
  for (const server of servers)
    server.answer = (call, answer) => {
      const dice = random.next()
      if (dice < 0.02) silent(call, answer)
      else if (dice < 0.03) server.cut()
      else if (dice < 0.1) answer({ code: random.below(17), details: 'dice', metadata: new Metadata() })
      else answer(null, call.request)
    }
  const locators = servers.map(({ locator }) => locator)
  const field = open(locators, { repeatable: ['test.Echo/Safe'], attemptMs: 40, random })
  const endings: number[] = []
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const method = random.next() < 0.5 ? 'safe' : 'unary'
      const options = within(random.next() < 0.1 ? random.below(5) : 2_000)
      const call = field.client[method](Buffer.from('x'), new Metadata(), options, (error) => {
        endings.push(error === null ? status.OK : error.code)
        resolve()
      })
      const dice = random.next()
      if (dice < 0.05) call.cancel()
      else if (dice < 0.1) queueMicrotask(() => call.cancel())
      else if (dice < 0.15) setImmediate(() => call.cancel())
      if (dice > 0.99) field.resolver.set('user-service', locators.slice(0, 1 + random.below(locators.length)))
    })
  let left = calls
  const worker = async (): Promise<void> => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  expect(endings).toHaveLength(calls)
  expect(endings.filter((code) => code === status.OK).length).toBeGreaterThan(calls / 2)
  expect(field.inFlight).toBe(0)
  expect(field.waiting).toBe(0)
  await field.channel.close()
  await until(() => servers.every(({ sockets }) => sockets.size === 0))
})
