import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, sessionWith } from './api-server/testing/ask.ts'
import {
  type ApiProtocol,
  type ApiSlice,
  type FakeApiServer,
  type FakeApiServerOptions,
  fakeApiServer,
  tokenHash,
} from './api-server.ts'

const path = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices'
const watchList = `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`

async function open(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await fakeApiServer({ scheme: 'http', ...options })
  onTestFinished(() => server.close())
  return server
}

function slice(name: string, service = 'users', count = 1): ApiSlice {
  const endpoints = Array.from({ length: count }, (_, index) => ({ addresses: [`10.0.${index >> 8}.${index & 255}`] }))
  const ports = [{ name: 'http', port: 80 }]
  return { metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } }, endpoints, ports }
}

/** Slices `a` to `e` with the versions 2 to 6; the first three are of `users`, the others of `orders`. */
async function openFilled(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await open(options)
  for (const name of ['a', 'b', 'c']) server.apply(slice(name))
  for (const name of ['d', 'e']) server.apply(slice(name, 'orders'))
  return server
}

interface List {
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}

async function listOf(server: FakeApiServer, query: string): Promise<List> {
  return (await ask(server, path + query)).json()
}

function namesOf({ items }: List): string {
  return items.map(({ metadata }) => metadata.name).join('')
}

async function refusal(server: FakeApiServer, asked: string, options = {}): Promise<unknown> {
  const heard = await ask(server, asked, options)
  expect(heard.headers['content-type']).toBe('application/json')
  const body: { readonly code: number } = await heard.json()
  expect(body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: heard.status })
  return body
}

const ways: readonly (readonly ['https' | 'http', ApiProtocol])[] = [
  ['https', 'h2'],
  ['https', 'http/1.1'],
  ['http', 'h2'],
  ['http', 'http/1.1'],
]

describe.each(ways)('over %s and %s', (scheme, protocol) => {
  test('lists, watches and gets', async () => {
    const server = await openFilled({ scheme })
    const list: List = await (await ask(server, path, { protocol })).json()
    expect([list.kind, list.metadata, namesOf(list)]).toEqual(['EndpointSliceList', { resourceVersion: '6' }, 'abcde'])
    const watch = await ask(server, `${path}?watch=1&resourceVersion=6`, { protocol })
    await server.watch()
    server.remove('shop', 'a')
    await watch.until(() => watch.told.length === 1)
    expect(watch.told).toEqual(['DELETED a 7'])
    server.applyService({ metadata: { name: 'users', namespace: 'shop' }, spec: { ports: [{ port: 80 }] } })
    expect(await (await ask(server, '/api/v1/namespaces/shop/services/users', { protocol })).json()).toMatchObject({
      kind: 'Service',
      spec: { ports: [{ port: 80, protocol: 'TCP' }] },
    })
    expect(server.requests.map((request) => request.protocol)).toEqual([protocol, protocol, protocol])
  })
})

test('a client that does not trust its certificate is not served, until it is renewed for the next one', async () => {
  const server = await open({ scheme: 'https' })
  const { ca: old } = server
  server.renewCertificate()
  expect(server.ca).not.toBe(old)
  const distrusting = new Proxy(server, { get: (target, name) => (name === 'ca' ? old : Reflect.get(target, name)) })
  await expect(ask(distrusting, path)).rejects.toThrow()
  expect((await ask(server, path)).status).toBe(200)
})

describe('a list', () => {
  test('comes in pages of the version at which it began', async () => {
    const server = await openFilled()
    const first = await listOf(server, '?limit=2')
    expect([namesOf(first), first.metadata.remainingItemCount]).toEqual(['ab', 3])
    server.remove('shop', 'd')
    server.apply(slice('f'))
    const second = await listOf(server, `?limit=2&continue=${first.metadata.continue}`)
    const third = await listOf(server, `?limit=2&continue=${second.metadata.continue}`)
    expect([namesOf(second), namesOf(third), third.metadata]).toEqual(['cd', 'e', { resourceVersion: '6' }])
    expect(namesOf(await listOf(server, ''))).toBe('abcef')
  })

  test('its next page expires, with a token for the rest of what there is now', async () => {
    const server = await openFilled()
    const { metadata } = await listOf(server, '?limit=2')
    server.expirePages()
    server.remove('shop', 'd')
    const refused = await refusal(server, `${path}?continue=${metadata.continue}`)
    expect(refused).toMatchObject({ code: 410, reason: 'Expired' })
    const proceed = (refused as { metadata: { continue: string } }).metadata.continue
    const rest = await listOf(server, `?continue=${proceed}`)
    expect([namesOf(rest), rest.metadata]).toEqual(['ce', { resourceVersion: '7' }])
  })

  test('without a limit, of any version and not older than one it is that of now', async () => {
    const server = await openFilled()
    for (const query of [
      '',
      '?resourceVersion=0&limit=2',
      '?resourceVersion=3',
      '?resourceVersion=3&resourceVersionMatch=NotOlderThan',
    ])
      expect(namesOf(await listOf(server, query))).toBe('abcde')
  })

  test('of exactly a version it is that of then', async () => {
    const server = await openFilled()
    expect(namesOf(await listOf(server, '?resourceVersion=3&resourceVersionMatch=Exact'))).toBe('ab')
    server.compact()
    expect(await refusal(server, `${path}?resourceVersion=3&resourceVersionMatch=Exact`)).toMatchObject({
      message: 'The resourceVersion for the provided list is too old.',
      code: 410,
    })
  })

  test('of a version that has not come is refused after three seconds, or served when it comes', async () => {
    const clock = fakeClock()
    const server = await openFilled({ clock })
    const refused = ask(server, `${path}?resourceVersion=7`)
    await server.until(() => server.requests.length === 1)
    await pendingIs(clock, 1)
    clock.advance(3_000)
    const heard = await refused
    expect([heard.status, heard.headers['retry-after']]).toEqual([504, '1'])
    expect(await heard.json()).toMatchObject({
      message: 'Timeout: Too large resource version: 7, current: 6',
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    })
    const served = ask(server, `${path}?resourceVersion=7`)
    await server.until(() => server.requests.length === 2)
    await pendingIs(clock, 1)
    server.remove('shop', 'a')
    expect([(await served).status, clock.pending]).toEqual([200, 0])
  })

  test.each([
    ['kubernetes.io/service-name=users', 'abc'],
    ['kubernetes.io/service-name==users', 'abc'],
    ['kubernetes.io/service-name!=users', 'de'],
    ['kubernetes.io/service-name in (orders, nobody)', 'de'],
    ['kubernetes.io/service-name notin (users)', 'de'],
    ['kubernetes.io/service-name', 'abcde'],
    ['!kubernetes.io/service-name', ''],
    ['kubernetes.io/service-name,kubernetes.io/service-name in (users,orders),a!=b', 'abcde'],
  ])('selects by %s', async (selector, names) => {
    const server = await openFilled()
    expect(namesOf(await listOf(server, `?labelSelector=${encodeURIComponent(selector)}`))).toBe(names)
  })

  test.each([
    ['labelSelector=a b c', 400],
    ['fieldSelector=metadata.name=a', 400],
    ['limit=abc', 400],
    ['resourceVersion=0&resourceVersionMatch=Exact', 422],
    ['resourceVersion=5&resourceVersionMatch=Other', 422],
    ['continue=abc', 400],
    ['resourceVersion=abc', 400],
    ['resourceVersionMatch=NotOlderThan', 422],
    ['sendInitialEvents=true', 422],
    ['continue=eyJ9&resourceVersion=5', 400],
  ])('with %s is refused as %i', async (query, code) => {
    expect(await refusal(await openFilled(), `${path}?${query.replaceAll(' ', '%20')}`)).toMatchObject({ code })
  })

  test('is compressed from 128 KiB on for those who accept it', async () => {
    const server = await open()
    const headers = { 'accept-encoding': 'gzip, deflate' }
    server.apply(slice('a'))
    expect((await ask(server, path, { headers })).headers['content-encoding']).toBeUndefined()
    server.apply(slice('b', 'users', 4_000))
    expect((await ask(server, path)).headers['content-encoding']).toBeUndefined()
    const heard = await ask(server, path, { headers })
    expect(heard.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(namesOf(await heard.json())).toBe('ab')
  })

  test('shows what the real server fills in', async () => {
    const server = await open()
    server.apply({ metadata: { name: 'a', namespace: 'shop' }, endpoints: [], ports: null })
    server.apply({ metadata: { name: 'b' }, endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] })
    server.apply({ metadata: { name: 'b' }, endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] })
    const heard = await ask(server, '/apis/discovery.k8s.io/v1/endpointslices')
    expect(await heard.json()).toEqual({
      kind: 'EndpointSliceList',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { resourceVersion: '3' },
      items: [
        {
          metadata: {
            name: 'b',
            namespace: 'default',
            uid: '00000000-0000-4000-8000-000000000002',
            resourceVersion: '3',
            generation: 1,
            creationTimestamp: '2026-01-01T00:00:00Z',
          },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['10.0.0.1'], conditions: {} }],
          ports: [{ name: '', protocol: 'TCP', port: 80 }],
        },
        expect.objectContaining({ addressType: 'IPv4', endpoints: null, ports: null }),
      ],
    })
  })
})

describe('a watch', () => {
  test('from a version tells what has happened since and what happens, of its namespace and selector', async () => {
    const server = await openFilled()
    const selector = encodeURIComponent('kubernetes.io/service-name=users')
    const heard = await ask(server, `${path}?watch=1&resourceVersion=3&labelSelector=${selector}`)
    await server.watch()
    server.apply(slice('a', 'orders'))
    server.apply(slice('a'))
    server.apply(slice('b', 'users', 2))
    server.apply({ ...slice('x'), metadata: { name: 'x', namespace: 'other' } })
    server.remove('shop', 'b')
    await heard.until(() => heard.told.length === 5)
    expect(heard.told).toEqual(['ADDED c 4', 'DELETED a 7', 'ADDED a 8', 'MODIFIED b 9', 'DELETED b 11'])
    expect(heard.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  })

  test.each(['', '&resourceVersion=0'])('without a version (%s) begins with all there is', async (version) => {
    const server = await openFilled()
    const heard = await ask(server, `${path}?watch=true&allowWatchBookmarks=true${version}`)
    await server.watch()
    server.remove('shop', 'a')
    await heard.until(() => heard.told.length === 7)
    const all = ['ADDED a 2', 'ADDED b 3', 'ADDED c 4', 'ADDED d 5', 'ADDED e 6']
    expect(heard.told).toEqual([...all, 'BOOKMARK 6', 'DELETED a 7'])
  })

  test('with initial events says when they are complete, and goes on', async () => {
    const server = await openFilled()
    server.apply(slice('a', 'users', 2))
    const heard = await ask(server, watchList)
    await heard.until(() => heard.told.length === 6)
    expect(heard.told).toEqual(['ADDED a 7', 'ADDED b 3', 'ADDED c 4', 'ADDED d 5', 'ADDED e 6', 'BOOKMARK 7'])
    expect(heard.events[5]).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'EndpointSlice',
        apiVersion: 'discovery.k8s.io/v1',
        metadata: { resourceVersion: '7', annotations: { 'k8s.io/initial-events-end': 'true' } },
        addressType: '',
        endpoints: null,
        ports: null,
      },
    })
    server.remove('shop', 'e')
    await heard.until(() => heard.told.length === 7)
    expect(heard.told.at(-1)).toBe('DELETED e 8')
  })

  test('with initial events is compressed for those who accept it, another is not', async () => {
    const server = await openFilled()
    const headers = { 'accept-encoding': 'gzip' }
    const heard = await ask(server, watchList, { headers })
    const watch = await server.watch()
    // Each event can be read as soon as it has come.
    await heard.until(() => heard.told.length === 6)
    server.remove('shop', 'a')
    await heard.until(() => heard.told.length === 7)
    await watch.end()
    expect([await heard.end(), heard.headers['content-encoding'], heard.told.length]).toEqual(['end', 'gzip', 7])
    const plain = await ask(server, `${path}?watch=1`, { headers })
    expect(plain.headers['content-encoding']).toBeUndefined()
  })

  test('with initial events of a version that has not come is told so in the stream', async () => {
    const server = await openFilled({ patienceMs: 0 })
    const heard = await ask(server, `${watchList}&resourceVersion=99`)
    expect([await heard.end(), heard.status]).toEqual(['end', 200])
    expect(heard.events).toEqual([
      { type: 'ERROR', object: expect.objectContaining({ code: 504, details: expect.anything() }) },
    ])
  })

  test('of a version that is forgotten is told so in the stream', async () => {
    const server = await openFilled()
    server.compact()
    const heard = await ask(server, `${path}?watch=1&resourceVersion=5`)
    expect([await heard.end(), heard.status]).toEqual(['end', 200])
    expect(heard.events).toEqual([
      {
        type: 'ERROR',
        object: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'too old resource version: 5 (6)',
          reason: 'Expired',
          code: 410,
        },
      },
    ])
    await ask(server, `${path}?watch=1&resourceVersion=6`)
    expect((await server.watch()).isOpen).toBe(true)
  })

  test('ends after timeoutSeconds, with bookmarks each minute and shortly before', async () => {
    const clock = fakeClock()
    const server = await openFilled({ clock })
    const heard = await ask(server, `${path}?watch=1&resourceVersion=6&allowWatchBookmarks=true&timeoutSeconds=130`)
    await pendingIs(clock, 3)
    clock.advance(60_000)
    server.remove('shop', 'a')
    clock.advance(60_000)
    clock.advance(8_000)
    await heard.until(() => heard.told.length === 4)
    clock.advance(2_000)
    expect(await heard.end()).toBe('end')
    expect(heard.told).toEqual(['BOOKMARK 6', 'DELETED a 7', 'BOOKMARK 7', 'BOOKMARK 7'])
    await server.until(() => server.watches.length === 0)
    expect(clock.pending).toBe(0)
  })

  test('of a server without WatchList may not ask for initial events', async () => {
    const server = await openFilled()
    server.watchList = 'off'
    const heard = await ask(server, `${path}?watch=1&allowWatchBookmarks=true`)
    await (await server.watch()).end()
    expect([await heard.end(), heard.told.length]).toEqual(['end', 5])
    expect(await refusal(server, watchList)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      reason: 'Invalid',
      details: {
        group: 'meta.k8s.io',
        kind: 'ListOptions',
        causes: [
          {
            reason: 'FieldValueForbidden',
            message: 'Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
            field: 'sendInitialEvents',
          },
        ],
      },
      code: 422,
    })
  })

  test.each([
    'sendInitialEvents=true',
    'sendInitialEvents=true&resourceVersionMatch=Exact',
    'resourceVersionMatch=NotOlderThan',
  ])('with %s is refused', async (query) => {
    expect(await refusal(await openFilled(), `${path}?watch=1&${query}`)).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'resourceVersionMatch' }, {}].slice(0, query.includes('Exact') ? 2 : 1) },
    })
  })
})

describe('who asks', () => {
  test('with a token that is not known or not any more is not let in; what has begun goes on', async () => {
    const server = await openFilled()
    server.addToken('token-2', 'system:serviceaccount:shop:reader')
    const heard = await ask(server, watchList, { token: 'token-2' })
    expect(await refusal(server, path, { token: 'nobody' })).toMatchObject({ message: 'Unauthorized', code: 401 })
    server.revokeToken('token-2')
    expect(await refusal(server, path, { token: 'token-2' })).toMatchObject({ code: 401 })
    server.remove('shop', 'a')
    await heard.until(() => heard.told.at(-1) === 'DELETED a 7')
    expect(server.requests.map(({ user, tokenHash: hash }) => [user, hash])).toEqual([
      ['system:serviceaccount:shop:reader', tokenHash('token-2')],
      [undefined, tokenHash('nobody')],
      [undefined, tokenHash('token-2')],
    ])
    expect(JSON.stringify(server.requests)).not.toContain('token-')
  })

  test('without a token is anonymous, who may do nothing', async () => {
    expect(await refusal(await open(), path, { token: undefined })).toMatchObject({
      code: 403,
      message:
        'endpointslices.discovery.k8s.io is forbidden: User "system:anonymous" cannot list resource "endpointslices" in API group "discovery.k8s.io" in the namespace "shop"',
      details: { group: 'discovery.k8s.io', kind: 'endpointslices' },
    })
  })

  test('may do what is granted in a namespace and nothing else', async () => {
    const server = await openFilled()
    server.allow([{ namespace: 'shop', resource: 'endpointslices', verbs: ['list'] }])
    expect((await ask(server, path)).status).toBe(200)
    const who = 'User "system:serviceaccount:default:default" cannot'
    const slices = 'resource "endpointslices" in API group "discovery.k8s.io"'
    const expected: readonly (readonly [string, string])[] = [
      [watchList, `endpointslices.discovery.k8s.io is forbidden: ${who} watch ${slices} in the namespace "shop"`],
      [
        path.replace('shop', 'other'),
        `endpointslices.discovery.k8s.io is forbidden: ${who} list ${slices} in the namespace "other"`,
      ],
      [
        '/apis/discovery.k8s.io/v1/endpointslices',
        `endpointslices.discovery.k8s.io is forbidden: ${who} list ${slices} at the cluster scope`,
      ],
      [
        '/api/v1/namespaces/shop/services/users',
        `services "users" is forbidden: ${who} get resource "services" in API group "" in the namespace "shop"`,
      ],
      ['/nothing', `forbidden: ${who} get path "/nothing"`],
    ]
    for (const [asked, message] of expected)
      expect(await refusal(server, asked)).toMatchObject({ code: 403, reason: 'Forbidden', message })
    server.allow([{ user: 'system:serviceaccount:default:default', resource: '*' }])
    expect((await ask(server, watchList)).status).toBe(200)
  })

  test('for what does not exist is told so', async () => {
    const server = await open()
    const nothing = await ask(server, '/nothing')
    await nothing.end()
    expect([nothing.status, nothing.text]).toEqual([404, '404 page not found\n'])
    const missing = 'the server could not find the requested resource'
    for (const [asked, message] of [
      ['/apis/discovery.k8s.io/v9/namespaces/shop/endpointslices', missing],
      ['/apis/discovery.k8s.io/v1/namespaces/shop/things', missing],
      ['/api/v1/namespaces/shop/services/users', 'services "users" not found'],
      [`${path}/a`, 'endpointslices.discovery.k8s.io "a" not found'],
    ] as const)
      expect(await refusal(server, asked)).toMatchObject({ code: 404, reason: 'NotFound', message })
    expect(await refusal(server, path, { method: 'DELETE' })).toMatchObject({ code: 405 })
  })

  test('is noted, with the connection', async () => {
    const clock = fakeClock(5)
    const server = await open({ clock })
    const session = sessionWith(server)
    await ask(server, `${path}?limit=500&resourceVersion=`, { protocol: 'h2', session, headers: { accept: 'a/b' } })
    await ask(server, watchList, { protocol: 'h2', session })
    await ask(server, '/nothing')
    expect(server.requests[0]).toEqual({
      method: 'GET',
      path,
      query: { limit: '500', resourceVersion: '' },
      verb: 'list',
      headers: expect.objectContaining({ accept: 'a/b' }),
      tokenHash: tokenHash(server.token),
      user: 'system:serviceaccount:default:default',
      connection: 1,
      protocol: 'h2',
      atMs: 5,
    })
    expect(server.requests.map(({ verb, connection }) => [verb, connection])).toEqual([
      ['list', 1],
      ['watch-list', 1],
      ['other', 2],
    ])
  })
})

test('replaceAll writes only what differs', async () => {
  const server = await openFilled()
  const heard = await ask(server, `${path}?watch=1&resourceVersion=6`)
  await server.watch()
  server.replaceAll([slice('a'), slice('b', 'users', 2), slice('f')])
  await heard.until(() => heard.told.length === 5)
  expect(heard.told).toEqual(['MODIFIED b 7', 'ADDED f 8', 'DELETED c 9', 'DELETED d 10', 'DELETED e 11'])
})

test('keeps no process alive', async () => {
  const program = `
    import { fakeApiServer } from '@evenkeel/testkit'
    const server = await fakeApiServer({ scheme: 'http' })
    const answer = await fetch(server.url + '/apis/discovery.k8s.io/v1/endpointslices?watch=1', { headers: { authorization: 'Bearer ' + server.token } })
    answer.body.cancel().then(() => process.stdout.write('answered'))
  `
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname })
  expect(stdout).toBe('answered')
})

/** Requests reach the clock some turns of the event loop after they were noted. */
async function pendingIs(clock: FakeClock, count: number): Promise<void> {
  while (clock.pending !== count) await new Promise((resolve) => setImmediate(resolve))
}
