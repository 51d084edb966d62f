import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '@evenkeel/core/testing'
import type { OpenLoop } from '@evenkeel/tooling/open-loop'
import { Agent } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { startLoad } from './load.ts'
import type { RequestRecord } from './recording/recording.ts'

const agent = new Agent()
let server: Server | undefined
let load: OpenLoop | undefined

afterEach(async () => {
  await load?.stop()
  server?.close()
  server?.closeAllConnections()
})

async function listen(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server?.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The first results of a load. */
function results(url: string, wanted: number, seed = 1, through = agent): Promise<readonly RequestRecord[]> {
  return new Promise((resolve) => {
    const got: RequestRecord[] = []
    const record = (result: RequestRecord): void => {
      got.push(result)
      if (got.length === wanted) resolve(got)
    }
    load = startLoad({ url, agent: through, random: seededRandom(seed), requestsPerSecond: 1_000, record })
  })
}

test('half of the requests are pages and half are orders, and each tells which pods answered', async () => {
  const asked: string[] = []
  const url = await listen((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.resume()
    response.end(JSON.stringify({ pod: 's', user: { pod: 'u' }, product: { pod: 'c' } }))
  })
  const got = await results(url, 200)
  const pages = got.filter(({ method }) => method === 'GET').length
  expect(pages).toBeGreaterThan(70)
  expect(pages).toBeLessThan(130)
  for (const { lost, pods } of got) expect([lost, pods]).toEqual([undefined, ['s', 'u', 'c']])
  for (const one of asked)
    expect(one).toMatch(/^(GET \/users\/\d+\/products\/\d+|POST \/users\/\d+\/products\/\d+\/orders)$/)
})

test('the same seed asks the same', async () => {
  const asked: [string[], string[]] = [[], []]
  for (const list of asked) {
    const url = await listen((request, response) => {
      list.push(`${request.method} ${request.url}`)
      response.end('{}')
    })
    // One connection, on which they arrive in their order.
    await results(url, 40, 3, new Agent({ connections: 1 }))
    await load?.stop()
    server?.closeAllConnections()
  }
  const [one, other] = asked
  expect(other.slice(0, 40)).toEqual(one.slice(0, 40))
})

test('a 502 is lost for the reason that the storefront gives', async () => {
  const url = await listen((_, response) => {
    response.writeHead(502).end(JSON.stringify({ pod: 's', failed: { backend: 'users', code: 'ECONNREFUSED' } }))
  })
  expect((await results(url, 1))[0]).toMatchObject({ lost: '502 users ECONNREFUSED', pods: ['s'] })
})

test('a connection that breaks is lost on the way to the storefront', async () => {
  const url = await listen((request) => request.socket.destroy())
  expect((await results(url, 1))[0]).toMatchObject({ lost: 'to the storefront: UND_ERR_SOCKET', pods: [] })
})

test('stop waits for the requests under way', async () => {
  const open: (() => void)[] = []
  const url = await listen((_, response) => open.push(() => response.end('{}')))
  const got: RequestRecord[] = []
  await new Promise<void>((resolve) => {
    server?.once('request', () => resolve())
    load = startLoad({
      ...{ url, agent, random: seededRandom(1), requestsPerSecond: 100 },
      record: (result) => got.push(result),
    })
  })
  const stopped = load?.stop()
  const { underWay } = load as OpenLoop
  expect(underWay).toBeGreaterThan(0)
  server?.on('request', () => open.at(-1)?.())
  for (const answer of open) answer()
  await stopped
  expect(got.length).toBe(underWay)
  expect(load?.underWay).toBe(0)
})
