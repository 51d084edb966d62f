import { createHash, randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect as connectTo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  claimedName,
  EvenkeelError,
  type PassThroughEvent,
  type Resolver,
  staticEndpoints,
  upstreams,
  type WarningEvent,
} from '@evenkeel/core'
import { fakeClock, type ManualResolver, manualResolver, userServiceTls } from '@evenkeel/core/testing'
import { Agent, Dispatcher, getGlobalDispatcher, request, setGlobalDispatcher, fetch as undiciFetch } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { BalancedAgent, type BalancedAgentOptions } from './agent.ts'
import { BalancedDispatcher } from './dispatcher.ts'
import { serve } from './testing/servers.ts'

type Controller = Dispatcher.DispatchController

describe('routes by origin', () => {
  const claimed = [
    'http://user-service:8080',
    'http://user-service',
    'http://User-Service:8080',
    'http://user-service.:8080',
    'http://user-service.shop:8080',
    'http://user-service.shop.svc:8080',
    'http://user-service.elsewhere.svc:8080',
    'http://user-service.shop.svc.cluster.local:8080',
    'http://user-service.shop.svc.cluster.local.:8080',
    'http://1pay.shop:8080',
  ]
  test.each(claimed)('%s is balanced', async (origin) => {
    const pod = await serve(says('pod'))
    const { agent, resolver, passed } = clusterAgent()
    resolver.set([pod.locator])
    expect(await ask(agent, origin)).toBe('pod')
    expect(passed).toEqual([])
  })

  test.each(['https://user-service', 'https://user-service:8443', 'https://user-service.shop.svc'])(
    '%s is balanced, with the certificate of the service',
    async (origin) => {
      const pod = await serve(says('pod'), userServiceTls)
      const { agent, resolver, passed } = clusterAgent({ connect: { ca: userServiceTls.cert } })
      resolver.set([pod.locator])
      expect(await ask(agent, origin)).toBe('pod')
      expect(passed).toEqual([])
    },
  )

  const foreign = [
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://2130706433',
    'http://[::1]:8080',
    'https://example.com',
    'http://user-service.elsewhere:8080',
    'http://pod-0.user-service.shop.svc:8080',
    'http://user-service.shop.svc.other.domain:8080',
    'http://user_service:8080',
  ]
  test.each(foreign)('%s goes to the pass-through dispatcher', async (origin) => {
    const { agent, resolver, passed } = clusterAgent()
    expect(await ask(agent, origin)).toBe('outside')
    expect(passed.map((options) => String(options.origin))).toEqual([new URL(origin).origin])
    expect([resolver.watches, agent.inspect()]).toEqual([0, []])
  })

  test('another cluster domain takes the place of cluster.local', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent({ clusterDomain: 'k8s.example' })
    resolver.set([pod.locator])
    expect(await ask(agent, 'http://user-service.shop.svc.k8s.example:8080')).toBe('pod')
    expect(await ask(agent, 'http://user-service.shop.svc.cluster.local:8080')).toBe('outside')
  })

  test('all forms of one name share one service', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    for (const host of ['user-service.shop', 'User-Service.shop.svc', 'user-service.shop.svc.cluster.local.'])
      await ask(agent, `http://${host}:8080`)
    expect(agent.inspect().map(({ target }) => target)).toEqual(['user-service.shop:8080'])
    expect(resolver.watches).toBe(1)
  })

  test('an origin without a port means the port of its scheme where the Service has it, else its only port', async () => {
    const [http, https, metrics, only] = await Promise.all([
      serve(says('http')),
      serve(says('https'), userServiceTls),
      serve(says('metrics')),
      serve(says('only')),
    ])
    const resolver = staticEndpoints({
      'user-service:80': [http.locator],
      'user-service:443': [https.locator],
      'user-service:9090': [metrics.locator],
      'one-port:8080': [only.locator],
    })
    const agent = opened({ resolver, connect: { ca: userServiceTls.cert } })
    expect(await ask(agent, 'http://user-service')).toBe('http')
    expect(await ask(agent, 'https://user-service')).toBe('https')
    expect(await ask(agent, 'http://user-service:9090')).toBe('metrics')
    expect(await ask(agent, 'http://one-port')).toBe('only')
    expect(agent.inspect().map(({ target }) => target)).toEqual([
      'user-service:80',
      'user-service:443',
      'user-service:9090',
      'one-port',
    ])
  })

  test('an origin given as a URL is read like its text', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    const { body } = await agent.request({ origin: new URL('http://user-service:8080'), path: '/', method: 'GET' })
    expect(await body.text()).toBe('pod')
  })
})

describe('the pass-through dispatcher', () => {
  test("gets the caller's own options and handler for a name that is not claimed", () => {
    const { agent, passed, handlers } = clusterAgent()
    const options = { origin: 'https://example.com', path: '/', method: 'GET' } as const
    const handler = { onRequestStart() {}, onResponseError() {} }
    agent.dispatch(options, handler)
    expect([passed[0] === options, handlers[0] === handler]).toEqual([true, true])
  })

  test("gets a handler of undici's first interface wrapped, and is told to stay with HTTP/1.1", () => {
    const { agent, passed, handlers } = clusterAgent()
    const failed: Error[] = []
    const legacy = { onConnect() {}, onHeaders: () => true, onData: () => true, onComplete() {} }
    const handler = { ...legacy, onError: (error: Error) => failed.push(error) }
    agent.dispatch({ origin: 'https://example.com', path: '/', method: 'GET' }, handler as Dispatcher.DispatchHandler)
    expect(passed).toMatchObject([{ allowH2: false }])
    const error = new Error('down')
    handlers[0]?.onResponseError?.(null as never, error)
    expect(failed).toEqual([error])
  })

  test("is undici's global one at the time the agent is made, and the agent can become the global one itself", async () => {
    const [pod, outside] = await Promise.all([serve(says('pod')), serve(says('outside'))])
    const before = getGlobalDispatcher()
    onTestFinished(() => setGlobalDispatcher(before))
    const first = opened({ resolver: staticEndpoints({ 'user-service:8080': [pod.locator] }) })
    setGlobalDispatcher(first)
    // A second one stands before the first, and neither before itself.
    const second = opened({ resolver: staticEndpoints({ 'order-service:8080': [pod.locator] }) })
    setGlobalDispatcher(second)
    const answers = ['http://user-service:8080', 'http://order-service:8080', `http://${outside.locator}`].map(
      async (url) => [await (await undiciFetch(url)).text(), await (await fetch(url)).text()],
    )
    expect(await Promise.all(answers)).toEqual([
      ['pod', 'pod'],
      ['pod', 'pod'],
      ['outside', 'outside'],
    ])
  })

  test('says what a WebSocket and an EventSource may receive', () => {
    const passThrough = new Agent({ webSocket: { maxPayloadSize: 7 } } as Agent.Options)
    onTestFinished(() => passThrough.destroy())
    const agent = opened({ resolver: manualResolver(), passThrough })
    expect(agent.webSocketOptions).toMatchObject({ maxPayloadSize: 7 })
    expect(agent.eventSourceOptions).toEqual((passThrough as unknown as typeof agent).eventSourceOptions)
  })

  test('that throws fails the request, and nobody else', async () => {
    const thrown = new Error('thrown')
    const passThrough = new Stub(() => {
      throw thrown
    })
    const clock = fakeClock()
    const agent = opened({ resolver: manualResolver(), passThrough, clock })
    const asked = ask(agent, 'http://user-service:8080')
    clock.advance(5_000)
    await expect(asked).rejects.toBe(thrown)
    await agent.close()
    expect(clock.pending).toBe(0)
  })
})

describe('an absent Service', () => {
  test('is passed through with one event per name, and balanced once it is there', async () => {
    const pod = await serve(says('pod'))
    const told = heard<PassThroughEvent>('evenkeel:pass-through')
    const { agent, resolver, passed } = clusterAgent()
    resolver.absent()
    const urls = ['http://user-service:8080', 'http://user-service.:8080', 'http://order-service:8080']
    for (const url of [...urls, ...urls]) expect(await ask(agent, url)).toBe('outside')
    expect(told).toEqual([
      { service: 'user-service:8080', reason: 'absent' },
      { service: 'order-service:8080', reason: 'absent' },
    ])
    expect(passed).toHaveLength(6)
    resolver.set([pod.locator])
    expect(await ask(agent, 'http://user-service:8080')).toBe('pod')
    resolver.absent()
    expect(await ask(agent, 'http://user-service:8080')).toBe('outside')
    expect(told).toHaveLength(2)
  })

  test('is told to a listener that came after its first request', async () => {
    const { agent, resolver } = clusterAgent()
    resolver.absent()
    await ask(agent, 'http://user-service:8080')
    const told = heard<PassThroughEvent>('evenkeel:pass-through')
    await ask(agent, 'http://user-service:8080')
    expect(told).toHaveLength(1)
  })
})

describe('discovery that has never worked', () => {
  test('is passed by at once when it fails', async () => {
    const told = heard<PassThroughEvent>('evenkeel:pass-through')
    // The clock stands still: nothing can have waited.
    const { agent, resolver } = clusterAgent({ clock: fakeClock() })
    resolver.fail(new Error('forbidden'))
    expect(await ask(agent, 'http://user-service:8080')).toBe('outside')
    expect(told).toEqual([{ service: 'user-service:8080', reason: 'discovery-failed' }])
  })

  test('is waited for while it is silent, and calls go to the pods that it names', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver, passed } = clusterAgent({ clock: fakeClock() })
    const asked = [ask(agent, 'http://user-service:8080'), ask(agent, 'http://user-service:8080')]
    expect(agent.inspect()).toMatchObject([{ status: 'pending', waiting: 2 }])
    resolver.set([pod.locator])
    expect(await Promise.all(asked)).toEqual(['pod', 'pod'])
    expect(passed).toEqual([])
  })

  test('is waited for until it fails, and no longer', async () => {
    const { agent, resolver, passed } = clusterAgent({ clock: fakeClock() })
    const asked = [ask(agent, 'http://user-service:8080'), ask(agent, 'http://user-service:8080')]
    expect(passed).toEqual([])
    resolver.fail(new Error('forbidden'))
    expect(await Promise.all(asked)).toEqual(['outside', 'outside'])
  })

  test('is waited for until firstSetMs have passed', async () => {
    const clock = fakeClock()
    const { agent, passed } = clusterAgent({ clock, firstSetMs: 700 })
    const asked = ask(agent, 'http://user-service:8080')
    clock.advance(699)
    expect(passed).toEqual([])
    clock.advance(1)
    expect(await asked).toBe('outside')
    // Who comes later does not wait again.
    expect(await ask(agent, 'http://user-service:8080')).toBe('outside')
  })

  test('lets pass whom the waiting line has no room for', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent({ clock: fakeClock(), maxWaiting: 1 })
    const [first, second] = [ask(agent, 'http://user-service:8080'), ask(agent, 'http://user-service:8080')]
    expect(await second).toBe('outside')
    resolver.set([pod.locator])
    expect(await first).toBe('pod')
  })

  test('and then works for once is trusted: a later failure passes nothing through', async () => {
    const pod = await serve(says('pod'))
    const clock = fakeClock()
    const { agent, resolver, passed } = clusterAgent({ clock })
    resolver.set([pod.locator])
    expect(await ask(agent, 'http://user-service:8080')).toBe('pod')
    resolver.fail(new Error('down'))
    expect(agent.inspect()).toMatchObject([{ status: 'stale' }])
    expect(await ask(agent, 'http://user-service:8080')).toBe('pod')
    resolver.set([])
    resolver.fail(new Error('down'))
    const asked = ask(agent, 'http://user-service:8080')
    clock.advance(3_000)
    await expect(asked).rejects.toMatchObject({ code: 'EVENKEEL_NO_ENDPOINTS', fate: 'unprocessed' })
    expect(passed).toEqual([])
  })
})

describe('a request that is passed through', () => {
  const ways: readonly (readonly [string, (resolver: ManualResolver) => void, string])[] = [
    ['of a name that is not claimed', () => {}, 'http://outside.example:1234'],
    ['of an absent Service', (resolver) => resolver.absent(), 'http://user-service:1234'],
  ]

  test.each(ways)('%s keeps its bodies, 4 MB up and down', async (_, say, origin) => {
    const bytes = randomBytes(4 << 20)
    const outside = await serve((incoming, answer) => incoming.pipe(answer))
    const { agent, resolver } = realAgent(outside.locator)
    say(resolver)
    for (const body of [bytes, Readable.from(chunksOf(bytes)), iterable(bytes)]) {
      const answer = await request(origin, { dispatcher: agent, method: 'POST', body: body as Readable })
      expect(digest(await buffer(answer.body))).toBe(digest(bytes))
    }
  })

  test.each(ways)('%s keeps its host, path, query and headers', async (_, say, origin) => {
    const outside = await serve((incoming, answer) =>
      answer.end(`${incoming.headers.host} ${incoming.url} ${incoming.headers['x-a']}`),
    )
    const { agent, resolver } = realAgent(outside.locator)
    say(resolver)
    const { body } = await request(`${origin}/a?b=c`, { dispatcher: agent, headers: { 'x-a': '1' } })
    expect(await body.text()).toBe(`${new URL(origin).host} /a?b=c 1`)
  })

  test.each(ways)('%s keeps its own time-out', async (_, say, origin) => {
    const outside = await serve(() => {})
    const { agent, resolver } = realAgent(outside.locator)
    say(resolver)
    const asked = request(origin, { dispatcher: agent, headersTimeout: 50 })
    await expect(asked).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
  })

  test.each(ways)('%s is aborted while the head is awaited', async (_, say, origin) => {
    const abort = new AbortController()
    const outside = await serve(() => abort.abort(new Error('enough')))
    const { agent, resolver } = realAgent(outside.locator)
    say(resolver)
    await expect(request(origin, { dispatcher: agent, signal: abort.signal })).rejects.toThrow('enough')
    await Promise.all([...outside.sockets].map((socket) => once(socket, 'close')))
  })

  test.each(ways)('%s is aborted in the middle of the body', async (_, say, origin) => {
    const abort = new AbortController()
    const outside = await serve((_incoming, answer) => answer.write('a part'))
    const { agent, resolver } = realAgent(outside.locator)
    say(resolver)
    const { body } = await request(origin, { dispatcher: agent, signal: abort.signal })
    await once(body, 'readable')
    abort.abort(new Error('enough'))
    await expect(buffer(body)).rejects.toThrow('enough')
    await Promise.all([...outside.sockets].map((socket) => once(socket, 'close')))
  })

  test('is aborted before the other dispatcher has given its controller, and the caller hears it once', async () => {
    const given: Dispatcher.DispatchHandler[] = []
    const passThrough = new Stub((_, handler) => given.push(handler))
    const { agent, resolver } = clusterAgent({ passThrough })
    resolver.absent()
    const heardOf: unknown[] = []
    let controller: Controller | undefined
    const body = Readable.from(['never read'])
    agent.dispatch(
      { origin: 'http://user-service:8080', path: '/', method: 'POST', body },
      {
        onRequestStart(mine) {
          controller = mine
        },
        onResponseStart: (_, status) => heardOf.push(status),
        onResponseEnd: () => heardOf.push('end'),
        onResponseError: (_, error) => heardOf.push(error),
      },
    )
    const reason = new Error('enough')
    controller?.abort(reason)
    expect(heardOf).toEqual([reason])
    expect(body.destroyed).toBe(true)
    // Nothing is under way any more, although the other dispatcher has not noticed.
    await agent.close()

    const theirs = new Recorder()
    given[0]?.onRequestStart?.(theirs, {})
    expect(theirs.reason).toBe(reason)
    given[0]?.onResponseStart?.(theirs, 200, {}, 'OK')
    given[0]?.onResponseEnd?.(theirs, {})
    given[0]?.onResponseError?.(theirs, new Error('late'))
    expect(heardOf).toEqual([reason])
  })

  test('is aborted while the first list is awaited, and goes nowhere', async () => {
    const abort = new AbortController()
    const { agent, resolver, passed } = clusterAgent()
    const asked = request('http://user-service:8080', { dispatcher: agent, signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    resolver.absent()
    expect([passed, agent.inspect()]).toMatchObject([[], [{ waiting: 0 }]])
  })

  test('is paused and resumed, also before the other dispatcher has given its controller', () => {
    const given: Dispatcher.DispatchHandler[] = []
    const { agent, resolver } = clusterAgent({ passThrough: new Stub((_, handler) => given.push(handler)) })
    resolver.absent()
    let controller: Controller | undefined
    agent.dispatch(
      { origin: 'http://user-service:8080', path: '/', method: 'GET' },
      {
        onRequestStart(mine) {
          controller = mine
          mine.pause()
        },
      },
    )
    const theirs = new Recorder()
    given[0]?.onRequestStart?.(theirs, {})
    expect([theirs.paused, controller?.paused]).toEqual([true, true])
    controller?.resume()
    expect([theirs.paused, controller?.paused]).toEqual([false, false])
    given[0]?.onResponseEnd?.(theirs, {})
  })
})

describe('inspect', () => {
  test('shows each service that was asked for, with its peers', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    resolver.absent('order-service:8080')
    expect(agent.inspect()).toEqual([])
    await ask(agent, 'http://user-service:8080')
    await ask(agent, 'http://order-service:8080')
    await ask(agent, 'http://example.com')
    expect(agent.inspect()).toMatchObject([
      { target: 'user-service:8080', status: 'ok', peers: [{ locator: pod.locator, inFlight: 0, standing: 'open' }] },
      { target: 'order-service:8080', status: 'absent', peers: [] },
    ])
  })
})

describe('bounds', () => {
  test('of a thousand services the one unused longest goes; one in use keeps its connection', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.absent()
    resolver.set([pod.locator], 'busy:8080')
    await ask(agent, 'http://busy:8080')
    for (let index = 0; index < 1_500; index++) {
      await ask(agent, `http://service-${index}:8080`)
      if (index % 100 === 0) await ask(agent, 'http://busy:8080')
    }
    const targets = new Set(agent.inspect().map(({ target }) => target))
    expect(targets.size).toBe(1_000)
    expect(targets).toContain('busy:8080')
    expect(targets).toContain('service-1499:8080')
    expect(targets).not.toContain('service-500:8080')
    expect(pod.accepted).toBe(1)
  })

  test('a service stays while one of its spellings is in use', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.absent()
    resolver.set([pod.locator], 'user-service.shop:8080')
    await ask(agent, 'http://user-service.shop.svc:8080')
    await ask(agent, 'http://user-service.shop:8080')
    for (let index = 0; index < 999; index++) await ask(agent, `http://service-${index}:8080`)
    await ask(agent, 'http://user-service.shop:8080')
    // One for each spelling, which is the Host and the name in TLS.
    expect(pod.accepted).toBe(2)
  })

  test('a service that goes ends its requests first, and close waits for them', async () => {
    const held: (() => void)[] = []
    const pod = await serve((_, answer) => held.push(() => answer.end('late')))
    const { agent, resolver } = clusterAgent()
    resolver.absent()
    resolver.set([pod.locator], 'slow:8080')
    const slow = ask(agent, 'http://slow:8080')
    for (let index = 0; index < 1_000; index++) await ask(agent, `http://service-${index}:8080`)
    expect(agent.inspect().some(({ target }) => target === 'slow:8080')).toBe(false)
    await expect.poll(() => held.length).toBe(1)
    let closed = false
    const closing = agent.close().then(() => {
      closed = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).toBe(false)
    held[0]?.()
    expect(await slow).toBe('late')
    await closing
  })

  test('ever new foreign names push no service out', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    await ask(agent, 'http://user-service:8080')
    for (let index = 0; index < 2_500; index++) await ask(agent, `http://host-${index}.example.com`)
    await ask(agent, 'http://user-service:8080')
    expect([pod.accepted, resolver.watches]).toEqual([1, 1])
  })
})

describe('closing', () => {
  test('waits for what is under way, refuses what comes, and ends its own discovery', async () => {
    const held: (() => void)[] = []
    const pod = await serve((_, answer) => held.push(() => answer.end('pod')))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    const under = ask(agent, 'http://user-service:8080')
    await expect.poll(() => held.length).toBe(1)
    const closing = agent.close()
    expect([agent.closed, agent.destroyed]).toEqual([true, false])
    for (const url of ['http://user-service:8080', 'http://example.com']) {
      const error = await ask(agent, url).catch((refused: unknown) => refused)
      expect(error).toMatchObject({ code: 'EVENKEEL_CLOSED', fate: 'unprocessed', fault: 'caller' })
      expect(EvenkeelError.is(error)).toBe(true)
    }
    held[0]?.()
    expect(await under).toBe('pod')
    await closing
    expect(resolver.watches).toBe(0)
    await new Promise<void>((resolve) => agent.close(resolve))
  })

  test('leaves the pass-through dispatcher and shared upstreams open', async () => {
    const pod = await serve(says('pod'))
    const passThrough = new Agent()
    const resolver = manualResolver()
    const shared = upstreams({ resolver })
    onTestFinished(() => passThrough.destroy())
    onTestFinished(() => shared[Symbol.asyncDispose]())
    resolver.set([pod.locator])
    const agent = opened({ upstreams: shared, passThrough })
    await ask(agent, 'http://user-service:8080')
    await agent.close()
    expect([passThrough.closed, resolver.watches]).toEqual([false, 1])
    const { body } = await request(`http://${pod.locator}`, { dispatcher: passThrough })
    expect(await body.text()).toBe('pod')
  })

  test('destroy ends what is under way with its error, also while close waits', async () => {
    const pod = await serve(() => {})
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    const under = ask(agent, 'http://user-service:8080')
    const closing = agent.close()
    const error = new Error('now')
    await Promise.all([agent.destroy(error), closing, expect(under).rejects.toBe(error)])
    expect([agent.closed, agent.destroyed, resolver.watches]).toEqual([true, true, 0])
  })

  test('works on what compose answers, and on what that composes', async () => {
    const pod = await serve(says('pod'))
    const { agent, resolver } = clusterAgent()
    resolver.set([pod.locator])
    const seen: string[] = []
    const note =
      (name: string): Dispatcher.DispatcherComposeInterceptor =>
      (dispatch) =>
      (options, handler) => {
        seen.push(name)
        return dispatch(options, handler)
      }
    const composed = agent.compose([note('inner'), note('middle')]).compose(note('outer'))
    expect(await ask(composed, 'http://user-service:8080')).toBe('pod')
    expect(seen).toEqual(['outer', 'middle', 'inner'])
    await composed.close()
    expect(agent.closed).toBe(true)
    await composed.destroy()
    expect(agent.destroyed).toBe(true)
  })

  test('of shared upstreams makes requests for new names fail, by their handler', async () => {
    const shared = upstreams({ resolver: manualResolver() })
    const agent = opened({ upstreams: shared })
    await shared[Symbol.asyncDispose]()
    await expect(ask(agent, 'http://user-service:8080')).rejects.toMatchObject({ code: 'EVENKEEL_CLOSED' })
  })
})

describe('options that are not accepted', () => {
  const resolver = manualResolver()
  test.each([
    [{ resolver, passThrough: {} }, 'passThrough: an object (expected: a Dispatcher)'],
    [{ resolver, clusterDomain: 'no good' }, 'clusterDomain: "no good" (expected: a domain name'],
    [{ resolver, headMs: -1 }, 'headMs: -1 (expected: >= 0)'],
    [{}, 'resolver: undefined (expected: a resolver, or upstreams)'],
  ])('are refused at once: %#', (options, text) => {
    const error = refusal(() => new BalancedAgent(options as unknown as BalancedAgentOptions))
    expect([error.code, error.message]).toEqual(['EVENKEEL_INVALID_OPTION', expect.stringContaining(text)])
  })
})

test('an agent warns of no short-lived dispatchers, which the same number of dispatchers does once', async () => {
  const warned = heard<WarningEvent>('evenkeel:warning')
  const resolver = manualResolver()
  resolver.absent()
  for (let index = 0; index < 30; index++) {
    const agent = opened({ resolver, passThrough: new Stub(answers) })
    await ask(agent, 'http://short-lived:8080')
  }
  expect(warned).toEqual([])
  for (let index = 0; index < 30; index++) {
    const dispatcher = new BalancedDispatcher('short-lived:8080', { resolver })
    onTestFinished(() => dispatcher.destroy())
  }
  expect(warned).toMatchObject([{ code: 'EVENKEEL_SHORT_LIVED', service: 'short-lived:8080' }])
})

/** A dispatcher that does as told. */
class Stub extends Dispatcher {
  readonly #run: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => void

  constructor(run: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => void) {
    super()
    this.#run = run
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#run(options, handler)
    return true
  }
}

/** Answers `outside` to a whole request. */
function answers(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
  const controller = new Recorder()
  handler.onRequestStart?.(controller, {})
  handler.onResponseStart?.(controller, 200, {}, 'OK')
  handler.onResponseData?.(controller, Buffer.from('outside'))
  handler.onResponseEnd?.(controller, {})
}

interface TestAgent {
  readonly agent: BalancedAgent
  readonly resolver: ManualResolver
  /** Options of the requests that were passed through. */
  readonly passed: Dispatcher.DispatchOptions[]
  readonly handlers: Dispatcher.DispatchHandler[]
}

type AgentOptions = Partial<BalancedAgentOptions> & {
  readonly firstSetMs?: number
  readonly maxWaiting?: number
  readonly clock?: ReturnType<typeof fakeClock>
}

/** An agent in the namespace `shop` whose outside answers `outside`. */
function clusterAgent(options: AgentOptions = {}): TestAgent {
  const passed: Dispatcher.DispatchOptions[] = []
  const handlers: Dispatcher.DispatchHandler[] = []
  const passThrough = new Stub((request, handler) => {
    passed.push(request)
    handlers.push(handler)
    answers(request, handler)
  })
  const resolver = manualResolver()
  return { agent: opened({ resolver: inShop(resolver), passThrough, ...options }), resolver, passed, handlers }
}

/** An agent whose outside is undici's own: every name leads to the server at `locator`. */
function realAgent(locator: string): { readonly agent: BalancedAgent; readonly resolver: ManualResolver } {
  const port = Number(locator.split(':').at(-1))
  const passThrough = new Agent({
    // One connection each, so that no one else's is looked at.
    connect: (_options, callback) => {
      const socket = connectTo(port, '127.0.0.1')
      socket.once('error', (error) => callback(error, null)).once('connect', () => callback(null, socket))
    },
  })
  onTestFinished(() => passThrough.destroy())
  const resolver = manualResolver()
  return { agent: opened({ resolver: inShop(resolver), passThrough }), resolver }
}

/** Claims what a resolver in the namespace `shop` would. */
function inShop(resolver: ManualResolver): Resolver {
  return {
    claims: (target) => claimedName(target, { namespace: 'shop' }),
    watch: (target, observer) => resolver.watch(target, observer),
  }
}

function opened(options: BalancedAgentOptions | AgentOptions): BalancedAgent {
  const agent = new BalancedAgent(options as BalancedAgentOptions)
  onTestFinished(() => agent.destroy())
  return agent
}

async function ask(dispatcher: Dispatcher, url: string): Promise<string> {
  const { body } = await request(url, { dispatcher })
  return body.text()
}

function says(text: string): RequestListener {
  return (_request, answer) => answer.end(text)
}

/** Messages of a channel from now to the end of the test. */
function heard<Message>(name: string): Message[] {
  const messages: Message[] = []
  const listener = (message: unknown): void => {
    messages.push(message as Message)
  }
  subscribe(name, listener)
  onTestFinished(() => {
    unsubscribe(name, listener)
  })
  return messages
}

/** The controller of a dispatcher that does nothing but remember. */
class Recorder {
  rawHeaders = null
  rawTrailers = null
  paused = false
  reason: Error | null = null

  get aborted(): boolean {
    return this.reason !== null
  }

  abort(reason: Error): void {
    this.reason = reason
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
}

function iterable(bytes: Buffer): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* chunksOf(bytes)
    },
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function refusal(run: () => unknown): EvenkeelError {
  try {
    run()
  } catch (error) {
    if (EvenkeelError.is(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}
