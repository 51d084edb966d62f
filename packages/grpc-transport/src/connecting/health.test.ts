import { roundRobin } from '@evenkeel/core'
import { status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { open, until, within } from '../testing/field.ts'
import { HealthServer } from '../testing/health-server.ts'
import { TestServer } from '../testing/servers.ts'
import { isServing, watchRequest } from './health-codec.ts'

const health = { service: 'test.Echo' }

describe('health checking', () => {
  test('asks for the service by name and leaves out who does not serve, for as long as that lasts', async () => {
    const first = await TestServer.listen('first')
    const second = await TestServer.listen('second')
    const said = new HealthServer(first.server)
    new HealthServer(second.server)
    const field = open([first.locator, second.locator], { health, policies: [roundRobin()] })
    const four = () => Promise.all([field.unary(), field.unary(), field.unary(), field.unary()])
    expect((await four()).sort()).toEqual(['first', 'first', 'second', 'second'])
    expect(said.asked).toEqual(['test.Echo'])
    said.say('not-serving')
    await until(async () => !(await four()).includes('first'))
    expect(first.sockets.size).toBe(1)
    said.say('serving')
    await until(async () => (await field.unary()) === 'first')
  })

  test('moves a call whose peer says at once that it does not serve', async () => {
    const first = await TestServer.listen('first')
    const second = await TestServer.listen('second')
    new HealthServer(first.server).say('not-serving')
    new HealthServer(second.server)
    const field = open([first.locator, second.locator], { health })
    expect(await field.unary()).toBe('second')
    expect(first.seen).toEqual([])
  })

  test('counts a server that does not know the method as serving', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator], { health })
    expect(await field.unary()).toBe('a')
  })

  test('is asked for by the service config too', async () => {
    const server = await TestServer.listen('a')
    const said = new HealthServer(server.server)
    const config = { loadBalancingConfig: [], methodConfig: [], healthCheckConfig: { serviceName: 'shop' } }
    const field = open([server.locator], { channelOptions: { 'grpc.service_config': JSON.stringify(config) } })
    await field.unary()
    expect(said.asked).toEqual(['shop'])
  })

  test('leaves nobody when all say that they do not serve', async () => {
    const server = await TestServer.listen('a')
    new HealthServer(server.server).say('not-serving')
    const field = open([server.locator], { health, failfastMs: 50 })
    expect((await field.failure({ options: within(1_000) })).code).not.toBe(status.OK)
    expect(server.seen).toEqual([])
    expect(field.inFlight).toBe(0)
  })

  test('ends with the channel', async () => {
    const server = await TestServer.listen('a')
    const said = new HealthServer(server.server)
    const field = open([server.locator], { health })
    await field.unary()
    await field.channel.close()
    await until(() => said.watchers === 0 && server.sockets.size === 0)
  })
})

test('the codec writes and reads the two messages', () => {
  expect(watchRequest('')).toEqual(Buffer.from([0, 0, 0, 0, 0]))
  expect(watchRequest('ab')).toEqual(Buffer.from([0, 0, 0, 0, 4, 10, 2, 97, 98]))
  const long = watchRequest('x'.repeat(300))
  expect([...long.subarray(5, 8)]).toEqual([10, 0xac, 0x02])
  expect(isServing(Buffer.from([0, 0, 0, 0, 2, 8, 1]))).toBe(true)
  expect(isServing(Buffer.from([0, 0, 0, 0, 2, 8, 2]))).toBe(false)
  expect(isServing(Buffer.from([0, 0, 0, 0, 0]))).toBe(false)
})

test('any name of a service is asked for as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      const frame = watchRequest(name)
      expect(frame.readUInt32BE(1)).toBe(frame.length - 5)
      expect(frame.subarray(frame.length - Buffer.byteLength(name)).toString()).toBe(name)
    }),
  )
})
