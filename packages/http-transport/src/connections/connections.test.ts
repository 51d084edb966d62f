import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Peer, parseTarget } from '@evenkeel/core'
import { EventSource } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Field, open, service, until } from '../testing/field.ts'
import { answerOk, serve, serveRaw, type TestServer } from '../testing/servers.ts'

const origin = `http://${service}`

/** Answers when the test says so. */
function held(): { readonly listener: RequestListener; readonly finish: (count?: number) => void } {
  const waiting: (() => void)[] = []
  return {
    listener: (request, response) => {
      request.resume()
      waiting.push(() => response.end('done'))
    },
    finish: (count = waiting.length) => {
      for (const answer of waiting.splice(0, count)) answer()
    },
  }
}

async function get(field: Field, path = '/'): Promise<string> {
  const { body } = await field.dispatcher.request({ origin, path, method: 'GET' })
  return body.text()
}

/** Makes as many requests at once, all of them on the wire, then lets them end. */
async function burst(field: Field, count: number, all: readonly TestServer[], finish: () => void): Promise<void> {
  const seen = (): number => all.reduce((sum, { requests }) => sum + requests.length, 0)
  const before = seen()
  const calls = Array.from({ length: count }, () => get(field))
  await until(() => seen() === before + count)
  finish()
  await Promise.all(calls)
}

describe('connections to one peer', () => {
  test('the one used last is used first', async () => {
    const ports: (number | undefined)[] = []
    const { listener, finish } = held()
    const server = await serve((request, response) => {
      ports.push(request.socket.remotePort)
      listener(request, response)
    })
    const field = open([server.locator])
    const calls = [get(field), get(field), get(field)]
    await until(() => server.requests.length === 3)
    // They end one by one, in their order: the third connection is the warmest.
    for (const call of calls) {
      finish(1)
      await call
    }
    for (let calls = 0; calls < 3; calls++) {
      const call = get(field)
      await until(() => server.requests.length === 4 + calls)
      finish()
      await call
    }
    expect(ports.slice(3)).toEqual([ports[2], ports[2], ports[2]])
    expect(server.accepted).toBe(3)
  })

  test('are at most perPeer, and the queue is the balancer’s: the next goes when one settles', async () => {
    const { listener, finish } = held()
    const server = await serve(listener)
    const field = open([server.locator], { connections: { perPeer: 3 } })
    const calls = Array.from({ length: 5 }, (_, index) => get(field, `/${index}`))
    await until(() => server.requests.length === 3)
    expect([field.inFlight, field.waiting, server.sockets.size]).toEqual([3, 2, 3])
    finish(1)
    await until(() => server.requests.length === 4)
    expect([field.inFlight, field.waiting, server.sockets.size]).toEqual([3, 1, 3])
    finish()
    await until(() => server.requests.length === 5)
    finish()
    await Promise.all(calls)
    expect(server.requests.map((line) => line.slice(-2))).toEqual(['/0', '/1', '/2', '/3', '/4'])
    expect(server.accepted).toBe(3)
  })

  test('a request that waits goes to whichever endpoint has room first', async () => {
    const first = held()
    const second = held()
    const servers = [await serve(first.listener), await serve(second.listener)]
    const field = open(
      servers.map(({ locator }) => locator),
      { connections: { perPeer: 1 } },
    )
    const calls = [get(field), get(field), get(field)]
    await until(() => field.inFlight === 2 && field.waiting === 1)
    await until(() => servers.every(({ requests }) => requests.length === 1))
    second.finish()
    await until(() => servers[1]?.requests.length === 2)
    second.finish()
    first.finish()
    await Promise.all(calls)
  })

  test('a new endpoint takes those that wait', async () => {
    const busy = held()
    const server = await serve(busy.listener)
    const field = open([server.locator], { connections: { perPeer: 1 } })
    const first = get(field)
    await until(() => server.requests.length === 1)
    const second = get(field)
    field.resolver.set(service, [server.locator, (await serve()).locator])
    expect(await second).toBe('GET /')
    busy.finish()
    await first
  })

  test('never carry two requests at once: nothing is pipelined', async () => {
    let open_ = 0
    let most = 0
    const raw = await serveRaw((socket) => {
      socket.on('data', (data: Buffer) => {
        open_ += data.toString().split('HTTP/1.1').length - 1
        most = Math.max(most, open_)
        setImmediate(() => {
          open_ = 0
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        })
      })
    })
    const field = open([raw.locator], { connections: { perPeer: 1 } })
    await Promise.all(Array.from({ length: 20 }, () => get(field)))
    expect([most, raw.accepted]).toEqual([1, 1])
  })

  test('an idle one of another origin makes room', async () => {
    const server = await serve()
    const { dispatcher } = open([server.locator], { connections: { perPeer: 1 } })
    for (const port of [80, 81, 80, 81]) {
      const { body } = await dispatcher.request({ origin: `http://${service}:${port}`, path: '/', method: 'GET' })
      await body.dump()
      expect(dispatcher.stats.connected).toBe(1)
    }
    expect(server.accepted).toBe(4)
    await until(() => server.sockets.size === 1)
  })
})

describe('idle connections', () => {
  test('are at most idlePerPeer: the oldest goes', async () => {
    const { listener, finish } = held()
    const server = await serve(listener)
    const field = open([server.locator], { connections: { idlePerPeer: 2 } })
    await burst(field, 5, [server], finish)
    expect(field.dispatcher.stats).toEqual({ running: 0, connected: 2, free: 2 })
    await until(() => server.sockets.size === 2)
  })

  test('are at most idleInAll: the oldest of all goes, whoever’s it is', async () => {
    const holders = [held(), held(), held()]
    const servers = await Promise.all(holders.map(({ listener }) => serve(listener)))
    const field = open(
      servers.map(({ locator }) => locator),
      { connections: { perPeer: 2, idleInAll: 3 } },
    )
    const finish = (): void => {
      for (const holder of holders) holder.finish()
    }
    await burst(field, 6, servers, finish)
    expect(field.dispatcher.stats).toEqual({ running: 0, connected: 3, free: 3 })
    await until(() => servers.reduce((sum, { sockets }) => sum + sockets.size, 0) === 3)
  })

  test('none are kept with idlePerPeer 0', async () => {
    const server = await serve()
    const field = open([server.locator], { connections: { idlePerPeer: 0 } })
    await get(field)
    expect(field.dispatcher.stats.connected).toBe(0)
    await until(() => server.sockets.size === 0)
  })

  test('are closed after idleMs', async () => {
    const server = await serve()
    const field = open([server.locator], { connections: { idleMs: 50 } })
    await get(field)
    await until(() => server.sockets.size === 0)
    expect(field.dispatcher.stats.connected).toBe(0)
  })

  test('are closed before the time of the server’s Keep-Alive hint', async () => {
    const closedBy: string[] = []
    const raw = await serveRaw((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=2\r\n\r\nok'))
      socket.on('end', () => closedBy.push('client'))
    })
    const field = open([raw.locator], { connections: { hintMarginMs: 1_900 } })
    await get(field)
    const answeredAt = performance.now()
    await until(() => closedBy.length === 1)
    expect(performance.now() - answeredAt).toBeLessThan(2_000)
    await until(() => field.dispatcher.stats.connected === 0)
  })

  test('are not kept when the hint is within the margin', async () => {
    const raw = await serveRaw((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n\r\nok'))
    })
    const field = open([raw.locator])
    await get(field)
    await until(() => raw.sockets.size === 0 && field.dispatcher.stats.connected === 0)
  })

  test('that the server closes are forgotten, and the next request succeeds', async () => {
    const server = await serve()
    const field = open([server.locator])
    await get(field)
    server.server.closeIdleConnections()
    await until(() => field.dispatcher.stats.connected === 0)
    expect(await get(field)).toBe('GET /')
    expect(server.accepted).toBe(2)
  })
})

describe('a peer that leaves', () => {
  test('its idle sockets close at once, its busy one when its answer has ended', async () => {
    const { listener, finish } = held()
    const server = await serve(listener)
    const other = await serve()
    const field = open([server.locator, other.locator])
    await burst(field, 3, [server], finish)
    const busy = get(field)
    await until(() => server.requests.length === 4)
    expect(server.sockets.size).toBe(3)
    field.resolver.set(service, [other.locator])
    await until(() => server.sockets.size === 1)
    expect(field.dispatcher.stats.connected).toBe(1)
    expect(await get(field)).toBe('GET /')
    finish()
    expect(await busy).toBe('done')
    await until(() => server.sockets.size === 0)
    expect(field.dispatcher.stats.connected).toBe(1)
  })

  test('a terminating one is left in the same way, and used while nobody else is there', async () => {
    const server = await serve()
    const other = await serve()
    const field = open([server.locator, other.locator])
    await get(field)
    expect(server.sockets.size).toBe(1)
    const [address, port] = server.locator.split(':') as [string, string]
    const leaving = { address, port: Number(port), condition: 'serving-terminating' } as const
    field.resolver.set(service, [leaving, other.locator])
    await until(() => server.sockets.size === 0)
    await get(field)
    expect([server.requests.length, other.requests.length]).toEqual([1, 1])
    field.resolver.set(service, [leaving])
    await get(field)
    await get(field)
    expect([server.requests.length, server.accepted]).toEqual([3, 2])
  })

  test('an open event stream stays with a peer that has left until it ends', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n')
    })
    const field = open([server.locator])
    const source = new EventSource(`${origin}/`, { node: { dispatcher: field.dispatcher } })
    onTestFinished(() => source.close())
    await new Promise((resolve) => source.addEventListener('message', resolve))
    field.resolver.set(service, [(await serve()).locator])
    expect(await get(field)).toBe('GET /')
    expect(server.sockets.size).toBe(1)
    source.close()
    await until(() => server.sockets.size === 0)
  })

  test('a new UID at the same place gets a connection of its own', async () => {
    const server = await serve()
    const [address, port] = server.locator.split(':') as [string, string]
    const incarnation = (uid: string): { address: string; port: number; uid: string } => ({
      address,
      port: Number(port),
      uid,
    })
    const field = open([incarnation('a')])
    await get(field)
    await get(field)
    expect(server.accepted).toBe(1)
    field.resolver.set(service, [incarnation('b')])
    await get(field)
    expect(server.accepted).toBe(2)
    await until(() => server.sockets.size === 1)
  })

  test('one that comes back before its last answer has ended is used as before', async () => {
    const { listener, finish } = held()
    const server = await serve(listener)
    const other = await serve()
    const [address, port] = server.locator.split(':') as [string, string]
    const itself = { address, port: Number(port), uid: 'a' }
    const field = open([itself, other.locator], { connections: { perPeer: 2 } })
    const busy = get(field)
    await until(() => server.requests.length === 1)
    field.resolver.set(service, [other.locator])
    field.resolver.set(service, [itself])
    const again = get(field)
    await until(() => server.requests.length === 2)
    finish()
    await Promise.all([busy, again])
    expect(field.dispatcher.stats).toEqual({ running: 0, connected: 2, free: 2 })
    expect(server.accepted).toBe(2)
  })

  test('is held by nobody: at once when it is idle, else when its last answer has ended', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { listener, finish } = held()
    const [idle, busy, other] = [await serve(), await serve(listener), await serve()]
    const field = open([idle.locator])
    const peers = new Map<string, WeakRef<Peer>>()
    field.shared.of(parseTarget(service)).watch({
      joined: (peer) => void peers.set(peer.endpoint.locator, new WeakRef(peer)),
    })
    const gone = async ({ locator }: TestServer): Promise<boolean> => {
      // A WeakRef holds its target until the end of the turn.
      await new Promise<void>((resolve) => setImmediate(resolve))
      collect()
      return peers.get(locator)?.deref() === undefined
    }
    await get(field)
    field.resolver.set(service, [busy.locator])
    await until(() => gone(idle))
    const call = get(field)
    await until(() => busy.requests.length === 1)
    field.resolver.set(service, [other.locator])
    await get(field)
    expect(await gone(busy)).toBe(false)
    finish()
    await call
    await until(() => gone(busy))
    expect(await gone(other)).toBe(false)
  })
})

describe('a pick settles with the end of the body', () => {
  test('not with its head', async () => {
    const { listener, finish } = held()
    const server = await serve((request, response) => {
      response.writeHead(200).write('begun ')
      listener(request, response)
    })
    const field = open([server.locator], { connections: { perPeer: 1 } })
    const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET' })
    expect(field.peers).toMatchObject([{ inFlight: 1, silentMs: 0 }])
    const next = get(field)
    expect(field.waiting).toBe(1)
    finish()
    expect(await body.text()).toBe('begun done')
    await until(() => server.requests.length === 2)
    finish()
    await next
    expect(field.inFlight).toBe(0)
  })
})

test('connections go to the address, not to the name', async () => {
  const sockets: Socket[] = []
  const server = await serve((request, response) => {
    sockets.push(request.socket)
    answerOk(request, response)
  })
  const field = open([server.locator])
  await get(field)
  expect(`${sockets[0]?.localAddress}:${sockets[0]?.localPort}`).toBe(server.locator)
})
