/**
 * The ways to send requests that are compared, each as its users would make it.
 */
import { createRequire } from 'node:module'
import { roundRobin, staticEndpoints } from '@evenkeel/core'
import { BalancedDispatcher, type BalancedDispatcherOptions } from '@evenkeel/http-transport'
import { Agent, BalancedPool, buildConnector, type Dispatcher, interceptors, Pool, RoundRobinPool } from 'undici'
import type { Places } from './fleet.ts'

/** The names that the command line knows. */
export type VariantName =
  | 'pools-in-turn'
  | 'balanced-dispatcher'
  | 'balanced-dispatcher-round-robin'
  | 'undici-balanced-pool'
  | 'undici-round-robin-pool'
  | 'undici-agent-dns'
  | 'undici-agent-retry'
  | 'nginx'

/** A way to send requests to the backends. */
export interface Variant {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
}

const undici = `undici ${(createRequire(import.meta.url)('undici/package.json') as { readonly version: string }).version}`
const service = 'service.bench'

/** By what people read; nginx has its version from the machine. */
const labels: Readonly<Record<VariantName, string>> = {
  'pools-in-turn': `${undici} Pools in turn`,
  'balanced-dispatcher': 'evenkeel BalancedDispatcher',
  'balanced-dispatcher-round-robin': 'evenkeel BalancedDispatcher, roundRobin()',
  'undici-balanced-pool': `${undici} BalancedPool`,
  'undici-round-robin-pool': `${undici} RoundRobinPool`,
  'undici-agent-dns': `${undici} Agent, dns interceptor`,
  'undici-agent-retry': `${undici} Agent, retry interceptor`,
  nginx: `nginx as a hop, ${undici} Pool`,
}

/** All of them, the baseline first. */
export const variantNames: readonly VariantName[] = Object.keys(labels) as VariantName[]

/** Whether a word of the command line names one. */
export function isVariantName(word: string): word is VariantName {
  return Object.hasOwn(labels, word)
}

/** Name and version for people. */
export function labelOf(name: VariantName, nginxVersion: string | undefined): string {
  return name === 'nginx' ? labels.nginx.replace('nginx', `nginx ${nginxVersion ?? ''}`.trim()) : labels[name]
}

/** Makes a variant. The process that measures ends with it, so nothing is closed. */
export const variants: Readonly<Record<VariantName, (places: Places) => Variant>> = {
  'pools-in-turn': ({ ports }) => {
    const pools = ports.map((port) => new Pool(originOf(port)))
    const next = inTurn(pools)
    return { dispatch: (options, handler) => next().dispatch(options, handler) }
  },
  'balanced-dispatcher': (places) => balancedDispatcher(places, {}),
  'balanced-dispatcher-round-robin': (places) => balancedDispatcher(places, { policies: [roundRobin()] }),
  'undici-balanced-pool': ({ ports }) => new BalancedPool(ports.map(originOf)),
  // It knows one address and takes the connections to it in turn. As behind a Kubernetes Service, each connection gets the next backend.
  'undici-round-robin-pool': ({ ports }) => {
    const connector = buildConnector({})
    const next = inTurn(ports)
    return new RoundRobinPool(`http://${service}`, {
      connect: (options, callback) => connector({ ...options, hostname: '127.0.0.1', port: String(next()) }, callback),
    })
  },
  // Asked of the network, the name would have an address per backend and one port; here the lookup tells loopback ports.
  'undici-agent-dns': ({ ports }) => {
    const records = () => ports.map((port) => ({ address: '127.0.0.1', family: 4 as const, ttl: 10_000, port }))
    const dns = interceptors.dns({
      dualStack: false,
      lookup: (_origin, _options, callback) => callback(null, records()),
    })
    return withOrigin(new Agent().compose(dns), () => `http://${service}`)
  },
  // The interceptor repeats and does not balance: origins are taken in turn by whoever calls.
  'undici-agent-retry': ({ ports }) =>
    withOrigin(new Agent().compose(interceptors.retry()), inTurn(ports.map(originOf))),
  nginx: ({ hop }) => {
    if (hop === undefined) throw new Error('nginx was not started')
    return new Pool(originOf(hop.port))
  },
}

function balancedDispatcher({ ports }: Places, options: Omit<BalancedDispatcherOptions, 'resolver'>): Variant {
  const endpoints = ports.map((port) => `127.0.0.1:${port}`)
  return new BalancedDispatcher(service, { ...options, resolver: staticEndpoints({ [service]: endpoints }) })
}

/** An Agent needs the origin in the options. */
function withOrigin(dispatcher: Dispatcher, origin: () => string): Variant {
  return { dispatch: ({ path, method }, handler) => dispatcher.dispatch({ path, method, origin: origin() }, handler) }
}

function inTurn<Item>(items: readonly Item[]): () => Item {
  let turn = 0
  return () => {
    turn = turn + 1 < items.length ? turn + 1 : 0
    return items[turn] as Item
  }
}

function originOf(port: number): string {
  return `http://127.0.0.1:${port}`
}
