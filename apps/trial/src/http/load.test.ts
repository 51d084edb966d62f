import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '@evenkeel/core/testing'
import type { OpenLoop } from '@evenkeel/tooling/open-loop'
import { Agent } from 'undici'
import { afterEach, expect, test } from 'vitest'
import type { RequestRecord } from '../recording/recording.ts'
import { startLoad } from './load.ts'

const dispatcher = new Agent()
let server: Server | undefined
let load: OpenLoop | undefined

afterEach(async () => {
  await load?.stop()
  server?.close()
  server?.closeAllConnections()
})

/** The first results of a load on a server that answers so. */
async function results(answer: RequestListener, wanted: number): Promise<readonly RequestRecord[]> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return new Promise((resolve) => {
    const got: RequestRecord[] = []
    const record = (result: RequestRecord): void => {
      got.push(result)
      if (got.length === wanted) resolve(got)
    }
    load = startLoad({ client: 'plain', origin, dispatcher, random: seededRandom(1), requestsPerSecond: 1_000, record })
  })
}

test('half of the requests are POSTs, and each tells which pod answered', async () => {
  const got = await results((request, response) => {
    request.resume()
    response.end(JSON.stringify({ pod: `users-${request.method}` }))
  }, 200)
  const posts = got.filter(({ method }) => method === 'POST').length
  expect(posts).toBeGreaterThan(70)
  expect(posts).toBeLessThan(130)
  for (const { client, lost, pod, method } of got)
    expect([client, lost, pod]).toEqual(['plain', undefined, `users-${method}`])
})

test('a 5xx is lost by its number, and a connection that breaks by its code', async () => {
  const [failed] = await results((_, response) => void response.writeHead(503).end('{}'), 1)
  expect(failed?.lost).toBe('503')
  await load?.stop()
  server?.close()
  const [broken] = await results((request) => request.socket.destroy(), 1)
  expect(broken).toMatchObject({ lost: 'UND_ERR_SOCKET', pod: undefined })
})
