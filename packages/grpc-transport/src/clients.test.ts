import { staticEndpoints } from '@evenkeel/core'
import {
  Client,
  credentials,
  loadPackageDefinition,
  makeGenericClientConstructor,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { ClientGrpcProxy } from '@nestjs/microservices'
import { createChannel, createClient } from 'nice-grpc'
import { firstValueFrom, type Observable } from 'rxjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type BalancedChannel, balancedChannel } from './channel.ts'
import { echoService } from './testing/echo-service.ts'
import { TestServer } from './testing/servers.ts'

const insecure = credentials.createInsecure()

async function twoServers(): Promise<{ readonly channel: BalancedChannel; readonly servers: readonly TestServer[] }> {
  const servers = [await TestServer.listen('a'), await TestServer.listen('b')]
  const resolver = staticEndpoints({ 'echo:grpc': servers.map(({ locator }) => locator) })
  const channel = balancedChannel('echo:grpc', { resolver })
  onTestFinished(() => channel.close())
  return { channel, servers }
}

function countOf(servers: readonly TestServer[]): readonly number[] {
  return servers.map(({ seen }) => seen.length)
}

describe('each client balances its calls when its channel is changed', () => {
  test('a generated stub', async () => {
    const { channel, servers } = await twoServers()
    const EchoStub = makeGenericClientConstructor(echoService, 'Echo')
    const echo = new EchoStub(channel.address, insecure, channel.options)
    onTestFinished(() => echo.close())
    const ask = (): Promise<unknown> =>
      new Promise((resolve, reject) =>
        echo.unary?.(Buffer.from('x'), (error: Error | null, answer: unknown) =>
          error === null ? resolve(answer) : reject(error),
        ),
      )
    await Promise.all(Array.from({ length: 20 }, ask))
    expect(Math.min(...countOf(servers))).toBeGreaterThan(0)
  })

  test('a stub loaded from a description', async () => {
    const { channel, servers } = await twoServers()
    const described = loadPackageDefinition(fromJSON(echoDescription as never)) as unknown as {
      readonly test: { readonly Echo: ServiceClientConstructor }
    }
    for (const server of servers) server.answer = (_call, answer) => answer(null, Buffer.from([10, 1, 120]))
    const echo = new described.test.Echo(channel.address, insecure, channel.options)
    onTestFinished(() => echo.close())
    const answer = await new Promise((resolve, reject) =>
      echo.Unary?.({ text: 'x' }, (error: Error | null, one: unknown) =>
        error === null ? resolve(one) : reject(error),
      ),
    )
    expect(answer).toEqual({ text: 'x' })
  })

  test('a bare client', async () => {
    const { channel, servers } = await twoServers()
    const client = new Client(channel.address, insecure, channel.options)
    onTestFinished(() => client.close())
    const asIs = (bytes: Buffer): Buffer => bytes
    await new Promise<void>((resolve, reject) =>
      client.makeUnaryRequest('/test.Echo/Unary', asIs, asIs, Buffer.from('x'), (error) =>
        error === null ? resolve() : reject(error),
      ),
    )
    expect(countOf(servers).reduce((sum, one) => sum + one)).toBe(1)
  })

  test.each(['a channel of ours', 'its own channel'] as const)('nice-grpc on %s', async (whose) => {
    const { channel, servers } = await twoServers()
    const given =
      whose === 'a channel of ours'
        ? channel.channel(insecure)
        : createChannel(channel.address, insecure, channel.options)
    onTestFinished(() => given.close())
    const echo = createClient(echoService as never, given) as unknown as {
      unary(message: Buffer): Promise<Buffer>
      serverStream(message: Buffer): AsyncIterable<Buffer>
    }
    await Promise.all(Array.from({ length: 20 }, () => echo.unary(Buffer.from('x'))))
    expect(Math.min(...countOf(servers))).toBeGreaterThan(0)
    for await (const message of echo.serverStream(Buffer.from('x'))) expect(['a', 'b']).toContain(message.toString())
    expect(channel.inspect().peers.map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  test('NestJS', async () => {
    const { channel, servers } = await twoServers()
    for (const server of servers) server.answer = (_call, answer) => answer(null, Buffer.from([10, 1, 120]))
    const nest = new ClientGrpcProxy({
      url: channel.address,
      channelOptions: channel.options as object,
      package: 'test',
      packageDefinition: fromJSON(echoDescription as never),
    })
    onTestFinished(() => nest.close())
    const echo = nest.getService<{ unary(message: object): Observable<unknown> }>('Echo')
    const answers = await Promise.all(Array.from({ length: 20 }, () => firstValueFrom(echo.unary({ text: 'x' }))))
    expect(answers[0]).toEqual({ text: 'x' })
    expect(Math.min(...countOf(servers))).toBeGreaterThan(0)
  })
})

/** What a .proto file with one method says. */
const echoDescription = {
  nested: {
    test: {
      nested: {
        Message: { fields: { text: { type: 'string', id: 1 } } },
        Echo: { methods: { Unary: { requestType: 'Message', responseType: 'Message' } } },
      },
    },
  },
}
