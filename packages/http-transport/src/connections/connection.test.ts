import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { RequestListener } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { certificateFor } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failure, open, service, until } from '../testing/field.ts'
import { serve } from '../testing/servers.ts'

const names = ['user-service', 'user-service.shop.svc.cluster.local'] as const
const tls = certificateFor(...names)

interface Seen {
  readonly host: string | undefined
  readonly sni: string | false | null
  readonly reused: boolean
}

function witness(): { readonly seen: Seen[]; readonly listener: RequestListener } {
  const seen: Seen[] = []
  return {
    seen,
    listener: (request, response) => {
      const socket = request.socket as TLSSocket
      seen.push({ host: request.headers.host, sni: socket.servername, reused: socket.isSessionReused() })
      response.end('ok')
    },
  }
}

async function get(
  field: ReturnType<typeof open>,
  origin: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const { body } = await field.dispatcher.request({ origin, path: '/', method: 'GET', headers })
  return body.text()
}

describe('over TLS', () => {
  test('Host, SNI and the certificate are the service’s; the socket goes to the pod', async () => {
    const { seen, listener } = witness()
    const server = await serve(listener, tls)
    const field = open([server.locator], { connect: { ca: tls.cert } })
    await get(field, `https://${service}`)
    await get(field, 'https://user-service.shop.svc.cluster.local:8443')
    expect(seen.map(({ host, sni }) => [host, sni])).toEqual([
      ['user-service', 'user-service'],
      ['user-service.shop.svc.cluster.local:8443', 'user-service.shop.svc.cluster.local'],
    ])
    expect(server.accepted).toBe(2)
  })

  test('a certificate of another name fails unprocessed, clearly, and nothing is sent', async () => {
    const { seen, listener } = witness()
    const other = certificateFor('other-service')
    const server = await serve(listener, other)
    const field = open([server.locator], { connect: { ca: other.cert }, retry: { baseMs: 1, maxMs: 1 } })
    const error = await failure(get(field, `https://${service}`))
    expect(error).toMatchObject({
      code: 'EVENKEEL_CONNECT_FAILED',
      fate: 'unprocessed',
      endpoint: server.locator,
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(String((error.cause as Error).message)).toContain('user-service')
    expect(seen).toEqual([])
    expect(field.inFlight).toBe(0)
    await until(() => server.sockets.size === 0)
  })

  test('an authority that nobody knows fails unprocessed, too', async () => {
    const server = await serve(witness().listener, tls)
    const field = open([server.locator], { retry: { baseMs: 1, maxMs: 1 } })
    const error = await failure(get(field, `https://${service}`))
    expect(error).toMatchObject({ code: 'EVENKEEL_CONNECT_FAILED', fate: 'unprocessed' })
    expect(error.message).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
  })

  test('a pod with a wrong certificate is passed over, a POST too', async () => {
    const wrong = certificateFor('other-service')
    const bad = await serve(witness().listener, wrong)
    const good = await serve(witness().listener, tls)
    const field = open([bad.locator, good.locator], { connect: { ca: [wrong.cert, tls.cert] } })
    const options = { origin: `https://${service}`, path: '/', method: 'POST', body: 'once' } as const
    const { body } = await field.dispatcher.request(options)
    expect(await body.text()).toBe('ok')
    expect(good.requests.length).toBe(1)
  })

  test('sessions are resumed across the pods of a service', async () => {
    const { seen, listener } = witness()
    // Tickets of one pod are read by the other, as replicas of one deployment do with a shared key.
    const ticketKeys = Buffer.alloc(48, 7)
    const servers = [await serve(listener, { ...tls, ticketKeys }), await serve(listener, { ...tls, ticketKeys })]
    const field = open([servers[0]?.locator as string], { connect: { ca: tls.cert } })
    await get(field, `https://${service}`)
    field.resolver.set(service, [servers[1]?.locator as string])
    await get(field, `https://${service}`)
    expect(seen.map(({ reused }) => reused)).toEqual([false, true])
  })

  test('a host header of the caller decides the name that is checked', async () => {
    const { seen, listener } = witness()
    const server = await serve(listener, tls)
    const field = open([server.locator], { connect: { ca: tls.cert } })
    await get(field, 'https://user-service', { host: 'user-service.shop.svc.cluster.local' })
    expect(seen).toMatchObject([{ host: names[1], sni: names[1] }])
  })
})

test('existing instrumentation sees the service: the origin of undici:request:create', async () => {
  const origins: unknown[] = []
  const hear = (message: unknown): void =>
    void origins.push((message as { readonly request: { readonly origin: unknown } }).request.origin)
  subscribe('undici:request:create', hear)
  onTestFinished(() => void unsubscribe('undici:request:create', hear))
  const server = await serve()
  const field = open([server.locator])
  await get(field, 'http://user-service:8080')
  expect(origins).toEqual(['http://user-service:8080'])
})

test('headers that instrumentation adds arrive', async () => {
  const inject = (message: unknown): void =>
    void (message as { readonly request: { addHeader(name: string, value: string): void } }).request.addHeader(
      'traceparent',
      '00-1',
    )
  subscribe('undici:request:create', inject)
  onTestFinished(() => void unsubscribe('undici:request:create', inject))
  const server = await serve((request, response) => response.end(request.headers.traceparent))
  expect(await get(open([server.locator]), `http://${service}`)).toBe('00-1')
})
