/** The import changes nothing in a process that has not used fetch yet, and what is imported works. */
import assert from 'node:assert/strict'
import { builtInDispatcher, post } from './support/global-dispatcher.ts'
import { listen } from './support/server.ts'

assert.equal(builtInDispatcher(), undefined, 'something has loaded the fetch built into Node before')
const { BalancedAgent } = await import('@evenkeel/http-transport')
assert.equal(builtInDispatcher(), undefined)

const { staticEndpoints } = await import('@evenkeel/core')
const undici = await import('undici')
const [pod, outside] = await Promise.all([listen('pod'), listen('outside')])
assert.equal(await post(`http://${outside.locator}`), 'POST outside 3')
assert.ok(!(builtInDispatcher() instanceof undici.Dispatcher), 'the fetch built into Node uses undici')
assert.equal(await (await undici.fetch(`http://${outside.locator}`)).text(), 'GET outside 0')

// The drop-in is what changes it, because the application says so.
const agent = new BalancedAgent({ resolver: staticEndpoints({ 'user-service:8080': [pod.locator] }) })
undici.setGlobalDispatcher(agent)
assert.equal(await post('http://user-service:8080'), 'POST pod 3')
assert.equal(await post(`http://${outside.locator}`), 'POST outside 3')
await Promise.all([agent.close(), pod.close(), outside.close()])
