/**
 * An API server out of credentials and connections. New trust gets new connections, and what runs on the old ones goes on.
 */
import type { Clock } from '@evenkeel/core'
import { type ApiAnswer, ApiFailure, type ApiRequest, type ApiServer } from '../api-server.ts'
import type { Incoming } from '../connections/incoming.ts'
import { Connections } from '../connections.ts'
import type { Credentials, Shown, Trust } from '../credentials.ts'
import { Answer } from './answer.ts'
import { Exchange } from './exchange.ts'
import { userAgent } from './user-agent.ts'

const headers = { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': userAgent } as const

/** Opens no connection before the first request. */
export function connectedServer(credentials: Credentials, clock: Clock): ApiServer {
  return new ConnectedServer(credentials, clock)
}

interface Current {
  readonly trust: Trust
  readonly connections: Promise<Connections>
}

class ConnectedServer implements ApiServer {
  readonly url: string
  readonly namespace: string | undefined
  readonly #place: URL
  readonly #credentials: Credentials
  readonly #clock: Clock
  readonly #exchanges = new Set<Exchange>()
  readonly #all = new Set<Promise<Connections>>()
  #current: Current | undefined
  #disposed: Promise<void> | undefined

  constructor(credentials: Credentials, clock: Clock) {
    this.url = credentials.url
    this.namespace = credentials.namespace
    this.#place = new URL(credentials.url)
    this.#credentials = credentials
    this.#clock = clock
  }

  async get(request: ApiRequest): Promise<ApiAnswer> {
    if (this.#disposed !== undefined) throw closed()
    request.signal.throwIfAborted()
    const exchange = new Exchange(request, this.#clock, (one) => this.#exchanges.delete(one))
    this.#exchanges.add(exchange)
    try {
      const incoming = await exchange.until(this.#send(request.path, exchange))
      exchange.headCame()
      return new Answer(incoming, exchange)
    } catch (error) {
      exchange.end()
      throw error
    }
  }

  renew(): void {
    this.#credentials.renew()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#close()
    return this.#disposed
  }

  async #send(path: string, exchange: Exchange): Promise<Incoming> {
    const shown = await this.#credentials.show()
    try {
      return await this.#sendAs(shown, path, exchange)
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.kind !== 'tls') throw error
      // The authority may have changed since it was read.
      this.#credentials.renew()
      const again = await this.#credentials.show()
      if (again.trust === shown.trust) throw error
      return this.#sendAs(again, path, exchange)
    }
  }

  async #sendAs(shown: Shown, path: string, { signal }: Exchange): Promise<Incoming> {
    const connections = await this.#connections(shown)
    signal.throwIfAborted()
    const prefix = this.#place.pathname.replace(/\/$/, '')
    return connections.get({
      path: `${prefix}${path}`,
      headers: { ...headers, ...sendable(shown.headers) },
      signal,
    })
  }

  #connections(shown: Shown): Promise<Connections> {
    if (this.#disposed !== undefined) throw closed()
    if (this.#current?.trust === shown.trust) return this.#current.connections
    const before = this.#current?.connections
    const connections = this.#connect(shown)
    this.#all.add(connections)
    this.#current = { trust: shown.trust, connections }
    // A dispatcher that could not be had is asked for again.
    connections.catch(() => {
      this.#all.delete(connections)
      if (this.#current?.connections === connections) this.#current = undefined
    })
    if (before !== undefined) void this.#retire(before)
    return connections
  }

  async #connect({ trust, dispatcher }: Shown): Promise<Connections> {
    const url = this.#place
    return new Connections({ url, trust, clock: this.#clock, dispatcher: await dispatcher?.() })
  }

  async #retire(connections: Promise<Connections>): Promise<void> {
    await connections.then((one) => one.close()).catch(() => {})
    this.#all.delete(connections)
  }

  async #close(): Promise<void> {
    const failure = closed()
    for (const exchange of [...this.#exchanges]) exchange.stop(failure)
    const all = await Promise.allSettled(this.#all)
    await Promise.allSettled(all.map((one) => (one.status === 'fulfilled' ? one.value.destroy(failure) : undefined)))
  }
}

/** @throws ApiFailure for a header that cannot be sent: what the connection would say of it may quote it */
function sendable(shown: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(shown))
    if (!/^[\t\x20-\x7e]+$/.test(value))
      throw new ApiFailure(
        'credentials',
        `the header ${name} holds characters that cannot be sent (expected: visible ASCII)`,
      )
  return shown
}

function closed(): ApiFailure {
  return new ApiFailure('closed', 'the connection to the API server was closed')
}
