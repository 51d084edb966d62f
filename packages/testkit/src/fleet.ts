/**
 * A service in a test of yours: some real HTTP servers on 127.0.0.1 that do what you say, found by discovery as pods are, each with a record of what it
 * was asked. It takes the place of undici's MockAgent, which does not work with dispatchers other than undici's own, and it shows what a mock cannot:
 * requests that move, endpoints that refuse, reset, hang, drain, leave and come back.
 */
import {
  type EndpointDetails,
  parseEndpoint,
  type Resolver,
  type StaticEndpoints,
  staticEndpoints,
} from '@evenkeel/core'
import type { Script, SeenRequest } from './fleet/script.ts'
import { ScriptedEndpoint } from './fleet/scripted-endpoint.ts'

export type { Behaviour, Script, ScriptedAnswer, ScriptedFailure, SeenRequest } from './fleet/script.ts'

/** One endpoint of a fleet. */
export interface FleetEndpoint {
  /** `127.0.0.1:port` */
  readonly locator: string
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** What it was asked, in order. */
  readonly requests: readonly SeenRequest[]
  /** Connections to it that are open now. */
  readonly connections: number
  /** Changes what it does, from the next request on. Resolves once it holds. */
  play(script: Script): Promise<void>
  /** Every answer says from now on that the endpoint is going, as a server with `@evenkeel/probes` does after SIGTERM. */
  drain(): void
  /** Discovery names it no more; the server answers all the same. */
  leave(): void
  /** Discovery names it again. */
  join(): void
}

/** A service of scripted endpoints. It is its own Resolver. Disposing it, or `close`, ends every server and connection; nothing keeps the process alive. */
export interface Fleet extends Resolver, AsyncDisposable {
  /** Every endpoint, those that left too, in the order in which they were made. */
  readonly endpoints: readonly FleetEndpoint[]
  /** Their origins, for what takes URLs. */
  readonly origins: readonly string[]
  /** What all of them were asked, in order of arrival. */
  readonly requests: readonly SeenRequest[]
  /** All endpoints do this from now on. Resolves once it holds. */
  play(script: Script): Promise<void>
  /** One more endpoint; `details` are its weight, zone and so on. */
  add(script?: Script, details?: EndpointDetails): Promise<FleetEndpoint>
  /** Ends every server and connection. */
  close(): Promise<void>
}

/**
 * Starts one server for each script.
 *
 * @param service What discovery calls it, such as `user-service:8080`.
 * @throws EvenkeelError `EVENKEEL_INVALID_TARGET` for a service that is none
 */
export async function fleet(service: string, scripts: readonly Script[] = [{}]): Promise<Fleet> {
  const made = new ScriptedFleet(service)
  try {
    for (const script of scripts) await made.add(script)
  } catch (error) {
    await made.close()
    throw error
  }
  return made
}

class ScriptedFleet implements Fleet {
  readonly requests: SeenRequest[] = []
  readonly endpoints: FleetEndpoint[] = []
  readonly #servers: ScriptedEndpoint[] = []
  readonly #service: string
  readonly #list: StaticEndpoints

  constructor(service: string) {
    this.#service = service
    this.#list = staticEndpoints({ [service]: [] })
  }

  get origins(): readonly string[] {
    return this.endpoints.map(({ origin }) => origin)
  }

  claims(...asked: Parameters<Resolver['claims']>): boolean {
    return this.#list.claims(...asked)
  }

  watch(...asked: Parameters<Resolver['watch']>): ReturnType<Resolver['watch']> {
    return this.#list.watch(...asked)
  }

  async play(script: Script): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint) => endpoint.play(script)))
  }

  async add(script: Script = {}, details: EndpointDetails = {}): Promise<FleetEndpoint> {
    const server = new ScriptedEndpoint((request) => this.requests.push(request))
    this.#servers.push(server)
    // A server that refuses has a port all the same.
    await server.listen()
    await server.play(script)
    const { locator, requests } = server
    const endpoint = parseEndpoint(locator, details)
    const made: FleetEndpoint = {
      locator,
      origin: `http://${locator}`,
      requests,
      get connections() {
        return server.connections
      },
      play: (next) => server.play(next),
      drain: () => {
        server.draining = true
      },
      leave: () => void this.#list.remove(this.#service, locator),
      join: () => this.#list.add(this.#service, endpoint),
    }
    this.endpoints.push(made)
    made.join()
    return made
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
