import type { RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { EvenkeelError, peakEwma, type Random, roundRobin } from '@evenkeel/core'
import { seededRandom } from '@evenkeel/core/testing'
import { describe, expect, test } from 'vitest'
import { type Field, open, service, until } from '../testing/field.ts'
import { refusing, serve } from '../testing/servers.ts'

const origin = `http://${service}`
const calls = 300
const perPeer = 6

type Behaviour = (response: ServerResponse, body: Buffer) => void

// What a server may do with a request that it has read.
const behaviours: readonly Behaviour[] = [
  (response, body) => {
    for (let at = 0; at < body.length; at += 7_000) response.write(body.subarray(at, at + 7_000))
    response.end()
  },
  (response, body) => {
    response.writeProcessing()
    response.setHeader('connection', 'close')
    response.end(body)
  },
  (response) => response.writeHead(503).end('not now'),
  (response) => response.writeHead(503, { 'retry-after': '0' }).end(Buffer.alloc(100_000)),
  (response) => void response.writeHead(503).write('never ends'),
  (response) => response.writeHead(500).end('broken'),
  (response) => void response.socket?.destroy(),
  (response) => void response.socket?.resetAndDestroy(),
  (response) =>
    void response.writeHead(200, { 'content-length': '100' }).write('cut', () => response.socket?.destroy()),
  (response) => void response.socket?.write('what is this\r\n\r\n'),
  (response) => void response.writeHead(200).write('stops'),
  () => {},
]

interface Tally {
  /** How often a request with the id was read whole by a server. */
  readonly seen: Map<string, number>
  readonly ends: Map<string, number>
}

/** The seeds of both sides are one, so that a failure can be played again as far as sockets allow. */
async function play(seed: number): Promise<{ readonly tally: Tally; readonly field: Field }> {
  const random = seededRandom(seed)
  const tally: Tally = { seen: new Map(), ends: new Map() }
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      count(tally.seen, String(request.headers['x-id']))
      const body = Buffer.concat(chunks)
      if (random.below(2) === 0) response.end(body)
      else (behaviours[random.below(behaviours.length)] as Behaviour)(response, body)
    })
  }
  const servers = await Promise.all(Array.from({ length: 5 }, () => serve(listener)))
  const locators = servers.map(({ locator }) => locator)
  const field = open([...locators, await refusing()], {
    policies: [random.below(2) === 0 ? roundRobin() : peakEwma()],
    random,
    headMs: 60,
    bodyMs: 60,
    totalMs: 600,
    connections: { perPeer, idlePerPeer: 2 },
    retry: { baseMs: 1, maxMs: 3 },
  })
  await Promise.all(Array.from({ length: calls }, (_, id) => call(field, String(id), random, tally)))
  for (const { sockets } of servers) expect(sockets.size).toBeLessThanOrEqual(perPeer * 2)
  await until(() => field.inFlight === 0 && field.waiting === 0)
  return { tally, field }
}

async function call(field: Field, id: string, random: Random, tally: Tally): Promise<void> {
  const method = (['GET', 'POST', 'PUT', 'DELETE'] as const)[random.below(4)] as 'GET' | 'POST'
  const whole = Buffer.alloc(method === 'GET' ? 0 : random.below(120_000), id)
  const forms = [whole, Readable.from([whole.subarray(0, 99), whole.subarray(99)]), whole.toString()] as const
  const body = method === 'GET' ? null : (forms[random.below(3)] as Buffer)
  const controller = new AbortController()
  const aborts = random.below(6) === 0
  const turnsToAbort = random.below(60)
  const turnsToStart = random.below(200)
  for (let turn = 0; turn < turnsToStart; turn++) await nextTurn()
  if (aborts) void turns(turnsToAbort).then(() => controller.abort())
  try {
    const { signal } = controller
    const headers = { 'x-id': id }
    const answer = await field.dispatcher.request({
      origin,
      path: '/',
      method,
      headers,
      signal,
      body,
    })
    if (random.below(3) === 0) await turns(5)
    const got = Buffer.from(await answer.body.arrayBuffer())
    // Most servers send back what came; whatever arrives with 200 is that, whole.
    if (answer.statusCode === 200) expect(got.equals(whole)).toBe(true)
    count(tally.ends, String(answer.statusCode))
  } catch (error) {
    const code = EvenkeelError.is(error) ? error.code : (error as Error).name
    count(tally.ends, code)
    expect(code).toMatch(/^(EVENKEEL_|AbortError)/)
    if (EvenkeelError.is(error) && error.fate === 'unprocessed') expect(tally.seen.get(id) ?? 0).toBe(0)
  }
  // Law 7: what is not repeatable is never sent twice; nothing is sent more than three times.
  expect(tally.seen.get(id) ?? 0).toBeLessThanOrEqual(method === 'POST' ? 1 : 3)
}

describe('whatever servers and callers do', () => {
  test.each([1, 2, 3, 4])('every request ends, and ends truly; nothing is left (seed %i)', async (seed) => {
    const { tally, field } = await play(seed)
    const ended = [...tally.ends.values()].reduce((sum, one) => sum + one, 0)
    expect(ended).toBe(calls)
    // The play is worth its time only if much of it happened.
    expect(tally.ends.size).toBeGreaterThan(4)
    expect(field.peers.every(({ inFlight }) => inFlight === 0)).toBe(true)
    await field.close()
    expect(field.dispatcher.stats).toEqual({ running: 0, connected: 0, free: 0 })
  })
})

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

async function turns(many: number): Promise<void> {
  for (let turn = 0; turn < many; turn++) await nextTurn()
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
