/** The import changes nothing in a process that has used fetch before. */
import assert from 'node:assert/strict'
import { builtInDispatcher, post } from './support/global-dispatcher.ts'
import { listen } from './support/server.ts'

const server = await listen('outside')
assert.equal(await post(`http://${server.locator}`), 'POST outside 3')
const before = builtInDispatcher()
await import('@evenkeel/http-transport')
assert.equal(builtInDispatcher(), before)
assert.equal(await post(`http://${server.locator}`), 'POST outside 3')
await server.close()
