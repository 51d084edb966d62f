/**
 * A server of grpc-js among the servers of `probes`: its calls are counted, it answers health checks, and on a drain each of its connections is
 * told with a GOAWAY that loses no call. Handlers, interceptors and options stay as they are.
 */

import { invalidOption } from '@evenkeel/core'
import type { AdapterHost, AttachedServer, ServerAdapter } from '../adapters.ts'
import { Calls } from './calls.ts'
import { Connections } from './connections.ts'
import { serveHealth } from './health.ts'
import { type GrpcJsServer, Http2Servers } from './inside.ts'
import { Standings } from './standing.ts'
import { Watches } from './watches.ts'

/** Options of `grpcServer`. */
export interface GrpcServerOptions {
  /**
   * Services that can be asked for by name, each with the names of the checks that it depends on; the server as a whole, `''`, depends on all.
   * `livez`, `readyz` and `startupz` are known anyway.
   * @defaultValue none
   */
  readonly services?: Readonly<Record<string, readonly string[]>>
  /**
   * Who answers `grpc.health.v1.Health`: `probes` adds the service to the server; with `application` it has one of its own.
   * @defaultValue 'probes'
   */
  readonly health?: 'probes' | 'application'
  /**
   * How many clients may watch at a time. Those beyond are told that the server cannot do it, which clients take for healthy.
   * @defaultValue 1000, for each is an open call
   */
  readonly maxWatches?: number
}

// A status leaves within a few turns of the event loop, and what is destroyed at once takes it along. A client that does not read gets no more.
const lastTurns = 20
// An open call each; more watchers than this are rather a client that forgets its own.
const usualWatches = 1_000

/**
 * Makes a server of grpc-js fit for `servers` of `probes`, before or after it is bound.
 * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION
 *
 * @example
 * ```ts run
 * import { Server, ServerCredentials } from '@grpc/grpc-js'
 * import { probes } from '@evenkeel/probes'
 * import { grpcServer } from '@evenkeel/probes/grpc'
 *
 * const server = new Server()
 * const health = probes({ servers: [grpcServer(server)], signals: {} })
 * await new Promise((bound) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound))
 * console.log(health.status().phase)
 * await health.close()
 * server.forceShutdown()
 * ```
 */
export function grpcServer(server: GrpcJsServer, options: GrpcServerOptions = {}): ServerAdapter {
  const { services = {}, health = 'probes', maxWatches = usualWatches } = options
  if (!['probes', 'application'].includes(health)) throw invalidOption('health', health, 'probes or application')
  if (!(maxWatches >= 0)) throw invalidOption('maxWatches', maxWatches, '>= 0')
  return { attach: (host) => new AttachedGrpcServer(server, host, { services, health, maxWatches }) }
}

class AttachedGrpcServer implements AttachedServer {
  readonly #server: GrpcJsServer
  readonly #host: AdapterHost
  readonly #http2Servers: Http2Servers
  readonly #connections: Connections
  readonly #calls: Calls
  readonly #watches: Watches
  readonly #health: Disposable | undefined

  constructor(server: GrpcJsServer, host: AdapterHost, { services, health, maxWatches }: Required<GrpcServerOptions>) {
    const { clock, random } = host
    const ended = (): void => host.ended()
    const standings = new Standings(host, services)
    this.#server = server
    this.#host = host
    this.#connections = new Connections({ clock, random, ended })
    this.#calls = new Calls(ended)
    this.#watches = new Watches({ standings, clock, maxWatches })
    this.#http2Servers = new Http2Servers(server, {
      listening: () => host.listening(),
      session: (session) => this.#connections.add(session),
      stream: (stream, path) => this.#calls.add(stream, path),
    })
    this.#health = health === 'probes' ? serveHealth(server, standings, this.#watches) : undefined
  }

  get listening(): boolean {
    return this.#http2Servers.listening
  }

  get inFlight(): number {
    return this.#calls.size
  }

  get connections(): number {
    return this.#connections.size
  }

  leave(spreadMs: number): void {
    this.#connections.leave(spreadMs)
  }

  stop(): void {
    this.#http2Servers.stopListening()
    this.#watches.end()
    this.#connections.stop()
  }

  async destroy(): Promise<void> {
    this.#calls.cut()
    for (let left = lastTurns; left > 0 && this.#calls.size > 0; left--)
      await new Promise<void>((resolve) => this.#host.clock.afterPoll(resolve))
    this.#server.forceShutdown()
    this.#connections.destroy()
  }

  [Symbol.dispose](): void {
    for (const part of [this.#http2Servers, this.#connections, this.#calls, this.#watches, this.#health])
      part?.[Symbol.dispose]()
  }
}
