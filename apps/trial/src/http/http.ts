/**
 * The trial of HTTP: our agent, and undici through the ClusterIP.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { seededRandom } from '@evenkeel/core/testing'
import { BalancedAgent } from '@evenkeel/http-transport'
import { Agent } from 'undici'
import type { Protocol, Running, StartOptions } from '../protocol.ts'
import { startLoad } from './load.ts'
import { ciScenes, scenes } from './scenes.ts'

// Of each client: two processors have room for more, but not while a dozen processes start.
const requestsPerSecond = 180
// For an answer, of each client, so that a silent pod is given up before the caller goes away.
const attemptMs = 2_000

const manifest = join(import.meta.dirname, '../../../shop/manifests/users.yaml')

/** The shop's service `users`. */
export const http: Protocol = {
  name: 'http',
  app: { name: 'users', manifest: () => readFileSync(manifest, 'utf8') },
  scenes,
  ciScenes,
  clients: { ours: requestsPerSecond, plain: requestsPerSecond },
  methods: { repeatable: 'GET', other: 'POST' },
  podsTell: false,
  start: async (options) => start(options),
}

function start({ stage, discovery, seed, record, attempted }: StartOptions): Running {
  const ours = new BalancedAgent({ resolver: discovery.resolver, headMs: attemptMs })
  const plain = new Agent({ headersTimeout: attemptMs })
  const onSent = (message: unknown): void => {
    const { remoteAddress: address } = (message as { readonly socket: Socket }).socket
    // Of requests through a ClusterIP the other end is the ClusterIP, which is no pod.
    if (address !== undefined) attempted({ client: 'ours', at: performance.now(), address, call: undefined })
  }
  subscribe('undici:client:sendHeaders', onSent)
  const running = [
    { client: 'ours', origin: `http://${stage.app.name}`, dispatcher: ours },
    { client: 'plain', origin: `http://${stage.virtualAddress}`, dispatcher: plain },
  ].map((load) => startLoad({ ...load, random: seededRandom(seed), requestsPerSecond, record }))
  return {
    stop: async () => {
      await Promise.all(running.map((load) => load.stop()))
    },
    [Symbol.asyncDispose]: async () => {
      unsubscribe('undici:client:sendHeaders', onSent)
      await Promise.all([ours.close(), plain.destroy()])
    },
  }
}
