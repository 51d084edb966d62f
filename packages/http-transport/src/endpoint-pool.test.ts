import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EvenkeelError, events, roundRobin, type WarningEvent, weightedRoundRobin } from '@evenkeel/core'
import { certificateFor } from '@evenkeel/core/testing'
import { fetch, request } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EndpointPool, type EndpointPoolOptions, type UpstreamInput } from './endpoint-pool.ts'
import { failure, until } from './testing/field.ts'
import { answerOk, drop, refusing, serve, status } from './testing/servers.ts'

function pool(upstreams: UpstreamInput | readonly UpstreamInput[], options: EndpointPoolOptions = {}): EndpointPool {
  const made = new EndpointPool(upstreams, options)
  onTestFinished(() => made.destroy())
  return made
}

async function get(dispatcher: EndpointPool, path = '/'): Promise<string> {
  const { body } = await dispatcher.request({ origin: 'http://any', path, method: 'GET' })
  return body.text()
}

describe('which upstream gets a request', () => {
  test('weights are shares, and can be changed', async () => {
    const [light, heavy] = await Promise.all([serve(), serve()])
    const upstreams = [`http://${light.locator}`, { url: `http://${heavy.locator}`, weight: 3 }]
    const dispatcher = pool(upstreams, { policies: [weightedRoundRobin()] })
    expect(dispatcher.getUpstream(`http://${heavy.locator}`)?.weight).toBe(3)
    for (let call = 0; call < 20; call++) await get(dispatcher)
    expect([light.requests.length, heavy.requests.length]).toEqual([5, 15])
    dispatcher.addUpstream({ url: `http://${heavy.locator}`, weight: 1 })
    for (let call = 0; call < 20; call++) await get(dispatcher)
    expect([light.requests.length, heavy.requests.length]).toEqual([15, 25])
  })

  test('roundRobin takes turns', async () => {
    const servers = await Promise.all([serve(), serve(), serve()])
    const dispatcher = pool(
      servers.map(({ locator }) => new URL(`http://${locator}`)),
      { policies: [roundRobin()] },
    )
    for (let call = 0; call < 9; call++) await get(dispatcher)
    expect(servers.map(({ requests }) => requests.length)).toEqual([3, 3, 3])
  })

  test('a POST that one upstream refuses goes to another', async () => {
    const { locator, requests } = await serve()
    const dispatcher = pool([`http://${await refusing()}`, `http://${locator}`], { policies: [roundRobin()] })
    const calls = Array.from({ length: 4 }, (_, call) => request(`http://any/${call}`, { dispatcher, method: 'POST' }))
    for (const { statusCode, body } of await Promise.all(calls)) {
      expect(statusCode).toBe(200)
      await body.dump()
    }
    expect(requests).toHaveLength(4)
  })

  test('one that fails is shut, and getUpstream says by whom', async () => {
    const [bad, good] = await Promise.all([serve(drop), serve()])
    const dispatcher = pool([`http://${bad.locator}`, `http://${good.locator}`], { policies: [roundRobin()] })
    for (let call = 0; call < 12; call++) await get(dispatcher)
    expect(dispatcher.getUpstream(`http://${bad.locator}`)).toMatchObject({
      standing: 'shut',
      why: ['consecutive-failures'],
    })
    expect(dispatcher.getUpstream(`http://${good.locator}`)).toMatchObject({ standing: 'open', why: [], weight: 1 })
  })
})

describe('as whom upstreams are asked', () => {
  test('as the origin of the options, whatever origin the request has', async () => {
    const { locator } = await serve((incoming, response) => response.end(incoming.headers.host))
    const dispatcher = pool(`http://${locator}`, { origin: 'http://user-service:8080' })
    expect(await get(dispatcher)).toBe('user-service:8080')
    expect(await (await fetch('http://another/', { dispatcher })).text()).toBe('user-service:8080')
  })

  test('over TLS the origin’s certificate is checked, else each upstream’s own', async () => {
    const { key, cert } = certificateFor('user-service')
    const { locator } = await serve(answerOk, { key, cert })
    const options = { connect: { ca: cert } }
    const named = pool(`https://${locator}`, { ...options, origin: 'https://user-service' })
    expect(await get(named, '/a')).toBe('GET /a')
    const plain = pool(`https://${locator}`, options)
    expect((await failure(get(plain))).code).toBe('EVENKEEL_CONNECT_FAILED')
  })

  test('an upstream on the port of its scheme is asked without the port', async () => {
    const dispatcher = pool(['http://10.0.0.1', 'http://10.0.0.2:80', 'http://[FD00::1]:8080'])
    expect(dispatcher.upstreams).toEqual(['http://10.0.0.1', 'http://10.0.0.2', 'http://[fd00::1]:8080'])
    expect(dispatcher.inspect().peers.map(({ locator }) => locator)).toEqual([
      '10.0.0.1:80',
      '10.0.0.2:80',
      '[fd00::1]:8080',
    ])
  })
})

describe('errors', () => {
  test('name the pool by its service, by the host of its origin, or as endpoint-pool', async () => {
    const { locator } = await serve(status(200))
    const named: [EndpointPoolOptions, string][] = [
      [{ service: 'users:8080' }, 'users:8080'],
      [{ origin: 'http://user-service:8080' }, 'user-service:8080'],
      [{ origin: 'http://api.example.com:8080' }, 'endpoint-pool'],
      [{}, 'endpoint-pool'],
    ]
    for (const [options, service] of named) {
      const dispatcher = pool(`http://${locator}`, options)
      await dispatcher.close()
      expect(await failure(get(dispatcher))).toMatchObject({ code: 'EVENKEEL_CLOSED', service })
    }
  })

  test('requests wait for the first upstream', async () => {
    const { locator } = await serve()
    const dispatcher = pool([])
    const call = get(dispatcher, '/late')
    expect(dispatcher.stats).toMatchObject({ queued: 1, pending: 1, running: 0, size: 1 })
    dispatcher.addUpstream(`http://${locator}`)
    expect(await call).toBe('GET /late')
  })

  test('without any upstream a request fails after failfastMs', async () => {
    const dispatcher = pool([], { failfastMs: 20 })
    expect((await failure(get(dispatcher))).code).toBe('EVENKEEL_NO_ENDPOINTS')
    await until(() => dispatcher.stats.size === 0)
  })

  test('two schemes are refused, and nothing changes', () => {
    const dispatcher = pool('http://10.0.0.1:8080')
    const expected =
      'upstream: "https://10.0.0.2:8443" (expected: http://…, since all upstreams of a pool have one scheme)'
    expect(() => dispatcher.addUpstream('https://10.0.0.2:8443')).toThrow(expected)
    expect(dispatcher.upstreams).toEqual(['http://10.0.0.1:8080'])
    expect(() => pool(['http://10.0.0.1', 'https://10.0.0.2'])).toThrow('upstreams[1]: "https://10.0.0.2"')
    expect(() => pool('http://10.0.0.1', { origin: 'https://user-service' })).toThrow('(expected: https://…')
  })

  test.each<[UpstreamInput, string]>([
    ['10.0.0.1:8080', 'upstreams[0]: "10.0.0.1:8080" (expected: scheme, host and port such as http://10.0.0.1:8080)'],
    ['http://10.0.0.1/users', 'upstreams[0]: "http://10.0.0.1/users"'],
    ['http://me:secret@10.0.0.1', 'upstreams[0]'],
    [{ url: 'http://10.0.0.1', weight: 0 }, 'upstreams[0].weight: 0'],
    [null as unknown as string, 'upstreams[0]: "null"'],
    [{} as UpstreamInput, 'upstreams[0]: "undefined"'],
  ])('%j is refused', (upstream, message) => {
    const error = refusal(() => pool(upstream))
    expect(error.code).toBe('EVENKEEL_INVALID_OPTION')
    expect(error.message).toContain(message)
  })

  test('an option that only undici has is refused with its name here', () => {
    const error = refusal(() => pool('http://10.0.0.1', { headersTimeout: 5_000 } as EndpointPoolOptions))
    expect(error.code).toBe('EVENKEEL_INVALID_OPTION')
    expect(error.message).toContain('headersTimeout is an option of undici (expected: headMs)')
  })
})

test('twenty pools are too many if they have the same upstreams, not if each has its own', async () => {
  const warnings: WarningEvent[] = []
  const hear = (message: unknown): void => void warnings.push(message as WarningEvent)
  subscribe(events.warning.name, hear)
  onTestFinished(() => void unsubscribe(events.warning.name, hear))
  for (let made = 1; made <= 20; made++) await new EndpointPool(`http://10.0.0.${made}`).close()
  expect(warnings).toEqual([])
  for (let made = 1; made <= 20; made++) await new EndpointPool('http://10.0.0.1:8080').close()
  expect(warnings).toMatchObject([{ code: 'EVENKEEL_SHORT_LIVED', service: 'endpoint-pool' }])
})

function refusal(make: () => unknown): EvenkeelError {
  try {
    make()
  } catch (error) {
    if (EvenkeelError.is(error)) return error
    throw error
  }
  throw new Error('it is not refused')
}
