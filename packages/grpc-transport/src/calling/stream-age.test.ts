import { leastRequest } from '@evenkeel/core'
import { seededRandom } from '@evenkeel/core/testing'
import { type ServiceError, status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { open, until } from '../testing/field.ts'
import { TestServer } from '../testing/servers.ts'

test('streams of an age are ended one after the other, opened again by their callers, and reach a pod that came later', async () => {
  const first = await TestServer.listen('first')
  const second = await TestServer.listen('second')
  const field = open([first.locator], { policies: [leastRequest()], streamAgeMs: 200, random: seededRandom(1) })
  const errors: ServiceError[] = []
  const watch = (): void => {
    const stream = field.client.serverStream(Buffer.from('stay'))
    stream.on('data', () => undefined)
    stream.on('error', (error: ServiceError) => {
      errors.push(error)
      if (errors.length < 40) watch()
    })
  }
  for (let count = 0; count < 8; count++) watch()
  await until(() => first.streams === 8)
  field.resolver.set('user-service', [first.locator, second.locator])
  await until(() => second.streams === 4)
  expect(errors.every(({ code, details }) => code === status.UNAVAILABLE && details.includes('open it again'))).toBe(
    true,
  )
  expect(field.attempts.every(({ outcome }) => outcome.verdict === 'good')).toBe(true)
  await until(() => field.inFlight === 0)
})

test('a call that ends before its age is not ended again', async () => {
  const server = await TestServer.listen('a')
  const field = open([server.locator], { streamAgeMs: 60_000 })
  const messages: string[] = []
  for await (const message of field.client.serverStream(Buffer.from('x'))) messages.push(message.toString())
  expect([messages, field.inFlight]).toEqual([['a'], 0])
  await field.channel.close()
})
