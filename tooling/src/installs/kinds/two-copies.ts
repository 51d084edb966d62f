/**
 * Both builds in one process, as a bundle or an old loader can bring about. Node itself would load one: it is told not to require ES modules, so that
 * `require` finds the CommonJS and `import` the other.
 */
import type { Kind } from '../kind.ts'

const says = 'two copies do no harm'

const main = `import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const servers = ['one', 'two'].map((name) => createServer((_, answer) => answer.end(name)).listen(0, '127.0.0.1'))
await Promise.all(servers.map((server) => once(server, 'listening')))
const addresses = servers.map((server) => '127.0.0.1:' + server.address().port)

// The fetch built into Node keeps what stood in its slot.
await (await fetch('http://' + addresses[0])).text()
const slot = Symbol.for('undici.globalDispatcher.1')
const before = globalThis[slot]
const imported = { core: await import('@evenkeel/core'), transport: await import('@evenkeel/http-transport') }
const require = createRequire(import.meta.url)
const required = { core: require('@evenkeel/core'), transport: require('@evenkeel/http-transport') }
assert.notEqual(imported.core.EvenkeelError, required.core.EvenkeelError, 'these are not two copies')
assert.equal(globalThis[slot], before)
assert.equal(await (await fetch('http://' + addresses[1])).text(), 'two')

const { fetch: balancedFetch } = await import('undici')
for (const [one, other] of [[imported, required], [required, imported]]) {
  const error = new one.core.EvenkeelError('EVENKEEL_CLOSED', 'it was closed')
  assert.ok(other.core.EvenkeelError.is(error))
  // What one copy discovers, both transports use at once, with a policy of either.
  const resolver = one.core.staticEndpoints({ users: addresses, nobody: ['127.0.0.1:1'] })
  const upstreams = other.core.upstreams({ resolver })
  const agents = [one, other].map(({ transport }) => new transport.BalancedAgent({ upstreams, policies: [one.core.roundRobin()] }))
  for (const dispatcher of agents) {
    const names = new Set()
    for (let count = 0; count < 4; count++) names.add(await (await balancedFetch('http://users', { dispatcher })).text())
    assert.deepEqual([...names].sort(), ['one', 'two'])
    const failure = await balancedFetch('http://nobody', { dispatcher }).catch((reason) => reason.cause)
    assert.ok(one.core.EvenkeelError.is(failure) && other.core.EvenkeelError.is(failure))
  }
  await Promise.all(agents.map((agent) => agent.close()))
  await upstreams[Symbol.asyncDispose]()
}

// Each copy counts its own short-lived dispatchers, and each says so once on the one channel.
let warnings = 0
subscribe('evenkeel:warning', () => warnings++)
for (const { core, transport } of [imported, required]) {
  const resolver = core.staticEndpoints({ users: addresses })
  for (let count = 0; count < 20; count++) await new transport.BalancedDispatcher('users', { resolver }).close()
}
assert.equal(warnings, 2)
for (const server of servers) server.close()
console.log('${says}')
`

/** Errors are recognised, upstreams are shared, the built-in fetch is as it was, and what a module remembers is bounded for each. */
export const twoCopies: Kind = {
  name: 'two-copies',
  project: 'JavaScript, ES modules and CommonJS in one process',
  does: 'node, each copy with the upstreams and the errors of the other',
  when: 'commit',
  dependencies: {},
  says,
  files: () => ({ 'main.mjs': main }),
  commands: [['node', '--no-experimental-require-module', 'main.mjs']],
}
