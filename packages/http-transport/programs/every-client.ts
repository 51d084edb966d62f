/** One agent under everything that takes a dispatcher, for a balanced and for a foreign name: given, global, composed, installed. */
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { staticEndpoints } from '@evenkeel/core'
import { BalancedAgent } from '@evenkeel/http-transport'
import * as undici from 'undici'
import { listen } from './support/server.ts'

const [pod, outside] = await Promise.all([listen('pod'), listen('outside')])
const agent = new BalancedAgent({ resolver: staticEndpoints({ 'user-service:8080': [pod.locator] }) })
const composed = agent.compose(undici.interceptors.retry({ maxRetries: 1 }))
const builtIn = { fetch, WebSocket }
const before = undici.getGlobalDispatcher()
const sites = [
  { host: 'user-service:8080', name: 'pod' },
  { host: outside.locator, name: 'outside' },
] as const

for (const { host, name } of sites) {
  for (const dispatcher of [agent, composed]) {
    const url = `http://${host}/`
    const post = { method: 'POST', body: 'abc' } as const
    const counted = { ...post, headers: { 'content-length': '3' } }
    const expected = `POST ${name} 3`
    assert.equal(await text(undici.request(url, { dispatcher, ...post })), expected)
    assert.equal(await text(dispatcher.request({ origin: `http://${host}`, path: '/', ...post })), expected)
    assert.equal(await streamed(url, dispatcher), expected)
    assert.equal(await piped(url, dispatcher), expected)
    assert.equal(await (await undici.fetch(url, { dispatcher, ...post })).text(), expected)
    // What @types/node knows as a dispatcher is undici 7's.
    assert.equal(await (await fetch(url, { dispatcher, ...counted } as object)).text(), expected)
    assert.equal(await message(new undici.WebSocket(`ws://${host}`, { dispatcher })), name)
    assert.equal(await message(new WebSocket(`ws://${host}`, { dispatcher } as object as string[])), name)
    assert.equal(await event(new undici.EventSource(`http://${host}/events`, { node: { dispatcher } })), name)
  }
}

undici.setGlobalDispatcher(agent)
await checkGlobals('global')
undici.install()
assert.notEqual(globalThis.fetch, builtIn.fetch)
await checkGlobals('installed')
Object.assign(globalThis, builtIn)
undici.setGlobalDispatcher(before)

await composed.close()
assert.deepEqual(
  agent.inspect().map(({ target, peers }) => [target, peers.map(({ inFlight }) => inFlight)]),
  [['user-service:8080', []]],
)
await Promise.all([pod.close(), outside.close(), before.close()])

/** Whatever the application calls without naming a dispatcher. */
async function checkGlobals(way: string): Promise<void> {
  for (const { host, name } of sites) {
    const url = `http://${host}/`
    const post = { method: 'POST', body: 'abc', headers: { 'content-length': '3' } }
    assert.equal(await (await fetch(url, post)).text(), `POST ${name} 3`, way)
    assert.equal(await (await undici.fetch(url)).text(), `GET ${name} 0`, way)
    assert.equal(await text(undici.request(url)), `GET ${name} 0`, way)
    assert.equal(await message(new WebSocket(`ws://${host}`)), name, way)
    assert.equal(await message(new undici.WebSocket(`ws://${host}`)), name, way)
    assert.equal(await event(new undici.EventSource(`http://${host}/events`)), name, way)
  }
}

async function text(answer: Promise<undici.Dispatcher.ResponseData>): Promise<string> {
  return (await answer).body.text()
}

async function streamed(url: string, dispatcher: undici.Dispatcher): Promise<string> {
  const chunks: Buffer[] = []
  await undici.stream(url, { dispatcher, method: 'POST', body: 'abc' }, () => sink(chunks))
  return Buffer.concat(chunks).toString()
}

async function piped(url: string, dispatcher: undici.Dispatcher): Promise<string> {
  const chunks: Buffer[] = []
  const duplex = undici.pipeline(url, { dispatcher, method: 'POST' }, ({ body }) => body)
  duplex.end('abc')
  for await (const chunk of duplex) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function sink(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
}

/** The first message; the socket is closed in order. */
async function message(socket: undici.WebSocket | WebSocket): Promise<string> {
  const target = socket as WebSocket
  return new Promise((resolve, reject) => {
    let heard = ''
    target.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      heard = String(data)
      target.close()
    })
    target.addEventListener('error', () => reject(new Error(`no WebSocket to ${target.url}`)))
    target.addEventListener('close', () => resolve(heard))
  })
}

async function event(source: undici.EventSource): Promise<string> {
  return new Promise((resolve, reject) => {
    source.onmessage = ({ data }) => {
      source.close()
      resolve(data)
    }
    source.onerror = () => reject(new Error(`no events from ${source.url}`))
  })
}
