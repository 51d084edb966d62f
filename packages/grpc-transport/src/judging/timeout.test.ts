import { credentials, Metadata, makeClientConstructor } from '@grpc/grpc-js'
import { createChannel } from 'nice-grpc'
import { expect, onTestFinished, test } from 'vitest'
import { echoService } from '../testing/echo-service.ts'
import { open, within } from '../testing/field.ts'
import { silent, TestServer } from '../testing/servers.ts'
import { timeoutOf } from './timeout.ts'

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3_000],
  ['4m', 4],
  ['5u', 0.005],
  ['nonsense', undefined],
  [undefined, undefined],
])('%s on the wire is %s ms', (text, ms) => {
  const metadata = new Metadata()
  if (text !== undefined) metadata.set('grpc-timeout', text)
  expect(timeoutOf(metadata)).toBe(ms)
})

test('a channel that the client made itself leaves a silent peer after half of the deadline, too', async () => {
  const first = await TestServer.listen('first')
  const second = await TestServer.listen('second')
  first.answer = silent
  const field = open([first.locator, second.locator], { repeatable: ['test.Echo'] })
  const channel = createChannel(field.channel.address, credentials.createInsecure(), field.channel.options)
  const Echo = makeClientConstructor(echoService, 'Echo')
  const client = new Echo('', credentials.createInsecure(), { channelOverride: channel })
  onTestFinished(() => channel.close())
  const answer = await new Promise((resolve, reject) =>
    client.unary?.(Buffer.from('x'), new Metadata(), within(2_000), (error: Error | null, bytes: Buffer) =>
      error === null ? resolve(bytes.toString()) : reject(error),
    ),
  )
  expect(answer).toBe('second')
})
