/** Nothing is undone in a process that has loaded undici itself and has given fetch a dispatcher. */
import assert from 'node:assert/strict'
import { Agent, Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { builtInDispatcher } from './support/global-dispatcher.ts'
import { listen } from './support/server.ts'

class Counting extends Dispatcher {
  count = 0
  readonly #inner = new Agent()

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.count += 1
    return this.#inner.dispatch(options as Agent.DispatchOptions, handler)
  }

  override close(): Promise<void> {
    return this.#inner.close()
  }
}

const byUndici = builtInDispatcher()
assert.notEqual(byUndici, undefined)
await import('@evenkeel/core')
const server = await listen('outside')
const counting = new Counting()
setGlobalDispatcher(counting)
const before = builtInDispatcher()
const { BalancedAgent } = await import('@evenkeel/http-transport')
assert.equal(builtInDispatcher(), before)
assert.equal(getGlobalDispatcher(), counting)
assert.equal(await (await fetch(`http://${server.locator}`)).text(), 'GET outside 0')
assert.equal(counting.count, 1)

// It is also where an agent made now passes foreign names.
const { staticEndpoints } = await import('@evenkeel/core')
const agent = new BalancedAgent({ resolver: staticEndpoints({}) })
const { body } = await agent.request({ origin: `http://${server.locator}`, path: '/', method: 'GET' })
assert.equal(await body.text(), 'GET outside 0')
assert.equal(counting.count, 2)
await Promise.all([agent.close(), counting.close(), server.close()])
