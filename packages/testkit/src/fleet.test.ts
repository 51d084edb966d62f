import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { drainHeader, endpoints, parseTarget } from '@evenkeel/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Fleet, type FleetEndpoint, fleet, type Script } from './fleet.ts'

async function open(...scripts: readonly Script[]): Promise<Fleet> {
  const made = await fleet('user-service', scripts)
  onTestFinished(() => made.close())
  return made
}

async function openOne(script: Script): Promise<FleetEndpoint> {
  return (await open(script)).endpoints[0] as FleetEndpoint
}

/** The code with which a call fails. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => new Error('it does not fail'),
    (reason: Error) => reason,
  )
  return ((error.cause ?? error) as NodeJS.ErrnoException).code ?? error
}

async function listed(pods: Fleet): Promise<readonly string[]> {
  return (await endpoints(pods, 'user-service')).map(({ locator }) => locator)
}

describe('an endpoint', () => {
  test('answers with status, headers and body', async () => {
    const { origin } = await openOne({
      status: 201,
      headers: { 'x-pod': 'a', 'set-cookie': ['a=1', 'b=2'] },
      body: 'made',
    })
    const answer = await fetch(origin)
    expect([answer.status, answer.headers.get('x-pod'), await answer.text()]).toEqual([201, 'a', 'made'])
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('answers 200 without a body when nothing is said', async () => {
    const answer = await fetch((await openOne({})).origin)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  test('sends a value as JSON and bytes as they are', async () => {
    const endpoint = await openOne({ body: { name: 'ada' } })
    const answer = await fetch(endpoint.origin)
    expect([answer.headers.get('content-type'), await answer.json()]).toEqual(['application/json', { name: 'ada' }])
    await endpoint.play({ body: new Uint8Array([0, 255]) })
    expect([...(await (await fetch(endpoint.origin)).bytes())]).toEqual([0, 255])
  })

  test('answers after delayMs, later than one that was asked after it', async () => {
    const endpoint = await openOne(({ path }) => (path === '/slow' ? { delayMs: 50 } : {}))
    const order: string[] = []
    const ask = (path: string): Promise<unknown> => fetch(endpoint.origin + path).then(() => order.push(path))
    await Promise.all([ask('/slow'), ask('/fast')])
    expect(order).toEqual(['/fast', '/slow'])
  })

  test('notes method, path, headers and body of every request', async () => {
    const endpoint = await openOne({})
    await fetch(`${endpoint.origin}/a?b=c`, { method: 'POST', body: 'text', headers: { 'x-id': '7' } })
    await fetch(endpoint.origin)
    expect(endpoint.requests).toMatchObject([
      { method: 'POST', path: '/a?b=c', body: 'text', endpoint: endpoint.locator, nth: 1, headers: { 'x-id': '7' } },
      { method: 'GET', path: '/', body: '', endpoint: endpoint.locator, nth: 2 },
    ])
  })

  test('does what a function says of each request, also later', async () => {
    const endpoint = await openOne(async ({ nth }) => (nth === 1 ? { status: 503 } : { body: `${nth}` }))
    expect((await fetch(endpoint.origin)).status).toBe(503)
    expect(await (await fetch(endpoint.origin)).text()).toBe('2')
  })

  test('answers 500 with the error when the function throws', async () => {
    const endpoint = await openOne(() => {
      throw new Error('a mistake')
    })
    const answer = await fetch(endpoint.origin)
    expect([answer.status, await answer.text()]).toEqual([500, 'the script of the endpoint failed: Error: a mistake'])
  })

  test('refuses, and is back at the same place', async () => {
    const endpoint = await openOne('refuse')
    const { origin } = endpoint
    expect(await codeOf(fetch(origin))).toBe('ECONNREFUSED')
    await endpoint.play({ body: 'back' })
    expect([endpoint.origin, await (await fetch(origin)).text()]).toEqual([origin, 'back'])
    await endpoint.play('refuse')
    expect(await codeOf(fetch(origin))).toMatch(/^ECONN(REFUSED|RESET)$/)
    expect(endpoint.requests).toHaveLength(1)
  })

  test('resets a connection after it has read the request', async () => {
    const endpoint = await openOne('reset')
    expect(await codeOf(fetch(endpoint.origin))).toBe('ECONNRESET')
    expect(endpoint.requests).toHaveLength(1)
  })

  test('cuts an answer in the body', async () => {
    const answer = await fetch((await openOne('cut')).origin)
    expect(answer.status).toBe(200)
    expect(await codeOf(answer.text())).toBe('UND_ERR_SOCKET')
  })

  test('drops a connection after it has read the request', async () => {
    const endpoint = await openOne('drop')
    expect(await codeOf(fetch(endpoint.origin))).toBe('UND_ERR_SOCKET')
    expect(endpoint.requests).toHaveLength(1)
  })

  test('pauses an answer in the body, on a connection that stays open', async () => {
    const endpoint = await openOne('pause')
    const controller = new AbortController()
    const answer = await fetch(endpoint.origin, { signal: controller.signal })
    const reader = answer.body?.getReader()
    const first = await reader?.read()
    expect([answer.status, String(Buffer.from(first?.value ?? [])), endpoint.connections]).toEqual([200, 'a part', 1])
    const rest = codeOf(reader?.read() ?? Promise.resolve())
    controller.abort()
    expect(await rest).toBe(DOMException.ABORT_ERR)
  })

  test('hangs until its fleet is closed', async () => {
    const pods = await open('hang')
    const call = codeOf(fetch(pods.origins[0] as string))
    const seen = async (): Promise<void> => {
      while (pods.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await seen()
    await pods.close()
    expect(await call).toBe('UND_ERR_SOCKET')
  })

  test('says that it is going while it drains', async () => {
    const endpoint = await openOne({ body: 'still here' })
    endpoint.drain()
    // Not by fetch, which hides the header.
    const asked = request(endpoint.origin).end()
    const [answer] = await once(asked, 'response')
    expect(answer.headers).toMatchObject({ connection: 'close', [drainHeader]: '1' })
    expect(await text(answer)).toBe('still here')
  })
})

describe('a fleet', () => {
  test('is the resolver of its service and of no other', async () => {
    const pods = await open({}, 'refuse')
    expect(await listed(pods)).toEqual(pods.endpoints.map(({ locator }) => locator))
    expect(pods.claims(parseTarget('user-service'))).toBe(true)
    expect(pods.claims(parseTarget('other-service'))).toBe(false)
  })

  test('has one endpoint that answers when nothing is said', async () => {
    const pods = await fleet('user-service')
    onTestFinished(() => pods.close())
    expect((await fetch(pods.origins[0] as string)).status).toBe(200)
  })

  test('endpoints leave, come back and are added while it is watched', async () => {
    const pods = await open({}, {})
    const [one, two] = pods.endpoints as [FleetEndpoint, FleetEndpoint]
    const seen: (readonly string[])[] = []
    const watch = pods.watch(parseTarget('user-service'), (set) =>
      seen.push(set.endpoints.map(({ locator }) => locator)),
    )
    onTestFinished(() => watch[Symbol.asyncDispose]())
    one.leave()
    expect((await fetch(one.origin)).status).toBe(200)
    one.join()
    const three = await pods.add({}, { weight: 3, zone: 'a' })
    expect(seen.map((set) => [...set].sort())).toEqual(
      [[one, two], [two], [one, two], [one, two, three]].map((set) => set.map(({ locator }) => locator).sort()),
    )
    expect(await endpoints(pods, 'user-service')).toContainEqual(expect.objectContaining({ weight: 3, zone: 'a' }))
    expect(pods.endpoints).toEqual([one, two, three])
  })

  test('notes requests in the order in which they came, and plays one script on all', async () => {
    const pods = await open({}, {})
    await pods.play({ body: { all: true } })
    for (const origin of [...pods.origins].reverse()) {
      const answer = await fetch(origin)
      expect(await json(answer.body as never)).toEqual({ all: true })
    }
    expect(pods.requests.map(({ endpoint }) => `http://${endpoint}`)).toEqual([...pods.origins].reverse())
  })

  test('a name that is no service is refused', async () => {
    await expect(fleet('no service')).rejects.toMatchObject({ code: 'EVENKEEL_INVALID_TARGET' })
  })

  test('disposing it ends every server and connection', async () => {
    const pods = await open({}, {})
    await Promise.all(pods.origins.map((origin) => fetch(origin).then((answer) => answer.text())))
    await pods[Symbol.asyncDispose]()
    for (const origin of pods.origins)
      expect(await codeOf(fetch(origin))).toMatch(/^ECONN(REFUSED|RESET)$|UND_ERR_SOCKET/)
    await pods.close()
    expect(pods.endpoints.map(({ connections }) => connections)).toEqual([0, 0])
  })

  test('keeps no process alive', async () => {
    const program = `
      import { fleet } from '@evenkeel/testkit'
      const pods = await fleet('user-service', [{ body: 'answered' }, { delayMs: 600000 }, 'refuse'])
      process.stdout.write(await (await fetch(pods.origins[0])).text())
      fetch(pods.origins[1], { signal: AbortSignal.timeout(1) }).catch(() => {})
    `
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect([printed, code]).toEqual(['answered', 0])
  })
})
