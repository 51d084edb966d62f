/**
 * What users of undici's BalancedPool rely on, played with both: the same lines, the same facts.
 */
import type { RequestListener } from 'node:http'
import { BalancedPool, type Dispatcher, fetch, request } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EndpointPool } from '../endpoint-pool.ts'
import { rejection, until } from '../testing/field.ts'
import { answerOk, hang, refusing, serve } from '../testing/servers.ts'

type Pool = BalancedPool | EndpointPool
interface Kind {
  readonly name: string
  /** Bounds the connections to each upstream. */
  make(upstreams: string[], connections?: number): Pool
}

const kinds: readonly Kind[] = [
  {
    name: 'BalancedPool',
    make: (upstreams, connections) => new BalancedPool(upstreams, { connections: connections ?? null }),
  },
  { name: 'EndpointPool', make: (upstreams, perPeer) => new EndpointPool(upstreams, { connections: { perPeer } }) },
]

describe.each(kinds)('$name', ({ make }) => {
  function pool(upstreams: string[], connections?: number): Pool {
    const made = make(upstreams, connections)
    onTestFinished(async () => {
      if (!made.destroyed) await made.destroy()
    })
    return made
  }

  test('asks each upstream by its own host, whatever origin the request has', async () => {
    const hosts: unknown[] = []
    const note: RequestListener = (incoming, response) => {
      hosts.push(incoming.headers.host)
      answerOk(incoming, response)
    }
    const servers = await Promise.all([serve(note), serve(note)])
    const dispatcher = pool(servers.map(({ locator }) => `http://${locator}`))
    await Promise.all([
      dispatcher.request({ path: '/', method: 'GET' } as Dispatcher.RequestOptions).then(({ body }) => body.dump()),
      request('http://user-service/', { dispatcher }).then(({ body }) => body.dump()),
      fetch('http://user-service/', { dispatcher }).then((answer) => answer.text()),
    ])
    expect(hosts).toHaveLength(3)
    expect(hosts.filter((host) => !servers.some(({ locator }) => locator === host))).toEqual([])
  })

  test('a request’s own host header stands', async () => {
    const { locator } = await serve((incoming, response) => response.end(incoming.headers.host))
    const dispatcher = pool([`http://${locator}`])
    const { body } = await request('http://any/', { dispatcher, headers: { host: 'own.example' } })
    expect(await body.text()).toBe('own.example')
  })

  test('upstreams come and go; to add one twice or to remove one that is not there changes nothing', async () => {
    const [one, two] = await Promise.all([serve(), serve()])
    const [first, second] = [`http://${one.locator}`, `http://${two.locator}`]
    const dispatcher = pool([first])
    expect(dispatcher.addUpstream(second).addUpstream(new URL(second)).upstreams).toEqual([first, second])
    expect(dispatcher.getUpstream(`${second}/`)).toBeDefined()
    expect(dispatcher.removeUpstream(first).removeUpstream(first).upstreams).toEqual([second])
    expect(dispatcher.getUpstream(first)).toBeUndefined()
    for (let call = 0; call < 4; call++) {
      const { body } = await request('http://any/', { dispatcher })
      await body.dump()
    }
    expect([one.requests.length, two.requests.length]).toEqual([0, 4])
    expect(dispatcher.addUpstream(first).upstreams).toEqual([second, first])
  })

  test('an upstream that is removed finishes its request and closes its connections', async () => {
    const answers: (() => void)[] = []
    const server = await serve((_, response) => void answers.push(() => response.end('whole')))
    const dispatcher = pool([`http://${server.locator}`])
    const call = request('http://any/', { dispatcher })
    await until(() => answers.length === 1)
    dispatcher.removeUpstream(`http://${server.locator}`)
    for (const answer of answers) answer()
    expect(await (await call).body.text()).toBe('whole')
    await until(() => server.sockets.size === 0)
  })

  test('stats count sockets and requests', async () => {
    const answers: (() => void)[] = []
    const server = await serve((_, response) => void answers.push(() => response.end()))
    const dispatcher = pool([`http://${server.locator}`]) as EndpointPool
    expect(count(dispatcher)).toEqual({ connected: 0, free: 0, pending: 0, queued: 0, running: 0, size: 0 })
    const call = request('http://any/', { dispatcher })
    await until(() => answers.length === 1)
    expect(count(dispatcher)).toMatchObject({ connected: 1, pending: 0, queued: 0, running: 1, size: 1 })
    expect(count(dispatcher.getUpstream(`http://${server.locator}`))).toMatchObject({
      connected: 1,
      running: 1,
      size: 1,
    })
    for (const answer of answers) answer()
    await (await call).body.dump()
    await until(() => dispatcher.stats.size === 0)
    expect(count(dispatcher)).toEqual({ connected: 1, free: 1, pending: 0, queued: 0, running: 0, size: 0 })
  })

  test('connect and disconnect name the upstream, and the pool among the targets', async () => {
    const server = await serve()
    const dispatcher = pool([`http://${server.locator}`])
    const told: unknown[] = []
    dispatcher.on('connect', (url, targets) => told.push(['connect', url.origin, targets[0] === dispatcher]))
    dispatcher.on('disconnect', (url, targets, error) =>
      told.push(['disconnect', url.origin, targets[0] === dispatcher, error instanceof Error]),
    )
    const { body } = await request('http://any/', { dispatcher })
    await body.dump()
    await server.close()
    await until(() => told.length === 2)
    expect(told).toEqual([
      ['connect', `http://${server.locator}`, true],
      ['disconnect', `http://${server.locator}`, true, true],
    ])
  })

  test('connectionError tells of an upstream that refuses', async () => {
    const origin = `http://${await refusing()}`
    const dispatcher = pool([origin])
    const told: unknown[] = []
    dispatcher.on('connectionError', (url, targets, error) =>
      told.push([url.origin, targets[0] === dispatcher, (error as NodeJS.ErrnoException).code]),
    )
    await rejection(request('http://any/', { dispatcher, method: 'POST' }))
    expect(told[0]).toEqual([origin, true, 'ECONNREFUSED'])
  })

  test('dispatch gives false while requests wait, and drain tells of the end', async () => {
    const answers: (() => void)[] = []
    const server = await serve((_, response) => void answers.push(() => response.end()))
    const dispatcher = pool([`http://${server.locator}`], 1)
    let drained = 0
    dispatcher.on('drain', () => drained++)
    const calls: Promise<void>[] = []
    const flows: boolean[] = []
    for (let call = 0; call < 3; call++)
      calls.push(
        new Promise((resolve, reject) => {
          const handler: Dispatcher.DispatchHandler = {
            onRequestStart: () => {},
            onResponseStart: () => {},
            onResponseData: () => {},
            onResponseEnd: () => resolve(),
            onResponseError: (_, error) => reject(error),
          }
          flows.push(dispatcher.dispatch({ origin: 'http://any', path: '/', method: 'GET' }, handler))
        }),
      )
    expect(flows.slice(1)).toEqual([false, false])
    for (const call of calls) {
      await until(() => answers.length === 1)
      answers.pop()?.()
      await call
    }
    await until(() => drained > 0)
    expect(drained).toBe(1)
  })

  test('a signal and the time-outs of a request hold', async () => {
    const { locator, requests } = await serve(hang)
    const dispatcher = pool([`http://${locator}`])
    const controller = new AbortController()
    const aborted = rejection(request('http://any/', { dispatcher, method: 'POST', signal: controller.signal }))
    await until(() => requests.length === 1)
    controller.abort(new Error('enough'))
    expect(await aborted).toMatchObject({ message: 'enough' })
    const late = await rejection(request('http://any/', { dispatcher, method: 'POST', headersTimeout: 50 }))
    expect((late as NodeJS.ErrnoException).code).toMatch(/HEAD(ERS)?_TIMEOUT$/)
  })

  test('close waits for what is under way and refuses what comes', async () => {
    const answers: (() => void)[] = []
    const server = await serve((_, response) => void answers.push(() => response.end('whole')))
    const dispatcher = pool([`http://${server.locator}`])
    const call = request('http://any/', { dispatcher })
    await until(() => answers.length === 1)
    const closing = dispatcher.close()
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, false])
    expect(await rejection(request('http://any/', { dispatcher }))).toMatchObject({
      code: expect.stringMatching(/_CLOSED$/),
    })
    for (const answer of answers) answer()
    expect(await (await call).body.text()).toBe('whole')
    await closing
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, true])
    await until(() => server.sockets.size === 0)
  })

  test('destroy ends what is under way with the error given', async () => {
    const server = await serve(hang)
    const dispatcher = pool([`http://${server.locator}`])
    const call = rejection(request('http://any/', { dispatcher, method: 'POST' }))
    await until(() => server.requests.length === 1)
    const error = new Error('the end')
    await dispatcher.destroy(error)
    expect(await call).toBe(error)
    expect(dispatcher.destroyed).toBe(true)
    await until(() => server.sockets.size === 0)
  })

  test('what compose makes of it can still be asked', async () => {
    const { locator } = await serve()
    const dispatcher = pool([]).compose(
      (dispatch) => (options, handler) => dispatch(options, handler),
    ) as unknown as Pool
    dispatcher.addUpstream(`http://${locator}`)
    expect(dispatcher.upstreams).toEqual([`http://${locator}`])
    const { body } = await request('http://any/a', { dispatcher })
    expect(await body.text()).toBe('GET /a')
  })

  test.each(['http://127.0.0.1:1/path', 'http://127.0.0.1:1?query', 'ftp://127.0.0.1:1', '127.0.0.1:1'])(
    '%s is no upstream',
    (url) => {
      expect(() => pool([]).addUpstream(url)).toThrow()
    },
  )
})

/** The numbers of a stats object, without its class. */
function count(counted: unknown): Record<string, number> {
  const { stats } = counted as EndpointPool
  const { connected, free, pending, queued, running, size } = stats
  return { connected, free, pending, queued, running, size }
}
