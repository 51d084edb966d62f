import { seededRandom } from '@evenkeel/core/testing'
import type { OpenLoop } from '@evenkeel/tooling/open-loop'
import { credentials, Server, ServerCredentials, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RequestRecord } from '../recording/recording.ts'
import type { Arrival } from './arrivals.ts'
import { startLoad } from './load.ts'
import { orders } from './server/orders.ts'
import { OrdersClient, ordersService } from './service.ts'

let server: Server
let client: OrdersClient
let loads: OpenLoop[]
let arrivals: Arrival[]

beforeEach(async () => {
  server = new Server()
  arrivals = []
  loads = []
  server.addService(
    ordersService,
    orders({ pod: 'orders-a', work: { ms: 0 }, arrived: (arrival) => void arrivals.push(arrival) }),
  )
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, got: number): void => (error === null ? resolve(got) : reject(error))
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound)
  })
  client = new OrdersClient(`127.0.0.1:${port}`, credentials.createInsecure())
})

afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()))
  client.close()
  server.forceShutdown()
})

/** Results until there are so many that are wanted. */
function results(isWanted: (result: RequestRecord) => boolean, wanted: number): Promise<readonly RequestRecord[]> {
  return new Promise((resolve) => {
    const got: RequestRecord[] = []
    const record = (result: RequestRecord): void => {
      if (isWanted(result)) got.push(result)
      if (got.length === wanted) resolve(got)
    }
    const random = seededRandom(1)
    loads.push(startLoad({ name: 'ours', client, random, requestsPerSecond: 300, record }))
  })
}

test('half of the calls are writes, each tells which pod answered, and no two have the same number', async () => {
  const got = await results(({ method }) => method !== 'follow', 200)
  const writes = got.filter(({ method }) => method === 'write').length
  expect(writes).toBeGreaterThan(70)
  expect(writes).toBeLessThan(130)
  for (const { lost, pod } of got) expect([lost, pod]).toEqual([undefined, 'orders-a'])
  expect(new Set(arrivals.map(({ call }) => call)).size).toBe(arrivals.length)
})

test('a stream has come to its end with all of its messages', async () => {
  const [stream] = await results(({ method }) => method === 'follow', 1)
  expect(stream).toMatchObject({ lost: undefined, pod: 'orders-a' })
})

test('what breaks is lost by its status, calls and streams alike', async () => {
  const both = results(({ lost }) => lost !== undefined, 20)
  await results(({ method }) => method === 'read', 1)
  server.forceShutdown()
  const names = Object.keys(status)
  for (const { lost = '' } of await both) expect(names).toContain(lost.split(' ', 1)[0])
})
