/**
 * A real HTTP server on 127.0.0.1 that behaves as told and counts the requests that it sees by their path: a scripted endpoint that also upgrades.
 */
import type { Socket } from 'node:net'
import type { Behaviour as Reply, SeenRequest } from '../fleet/script.ts'
import { ScriptedEndpoint } from '../fleet/scripted-endpoint.ts'
import type { LawBehaviour, LawServer } from '../transport-laws.ts'

/** One server. */
export class ScriptedServer implements LawServer {
  behaviour: LawBehaviour = 'answer'
  /** Called when a request has been read, before the server behaves. */
  onRequest: (() => void) | undefined
  readonly #endpoint: ScriptedEndpoint
  readonly #seen = new Map<string, number>()
  readonly #waiting = new Set<() => void>()

  private constructor() {
    this.#endpoint = new ScriptedEndpoint((request) => this.#note(request), upgrade)
  }

  static async listen(): Promise<ScriptedServer> {
    const made = new ScriptedServer()
    await made.#endpoint.play((request) => made.#behave(request))
    return made
  }

  get locator(): string {
    return this.#endpoint.locator
  }

  /** Requests seen in all. */
  get total(): number {
    return this.#endpoint.requests.length
  }

  /** Connections that are open, upgraded ones too. */
  get connections(): number {
    return this.#endpoint.connections
  }

  seen(path: string): number {
    return this.#seen.get(path) ?? 0
  }

  /** Resolves with the next request that has been read. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  /** From now on connections are refused. */
  close(): Promise<void> {
    return this.#endpoint.close()
  }

  #note({ path }: SeenRequest): void {
    this.#seen.set(path, this.seen(path) + 1)
    this.onRequest?.()
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #behave({ body }: SeenRequest): Reply {
    const { behaviour } = this
    if (behaviour === 'answer') return { body }
    return behaviour === 'unavailable' ? { status: 503, body: 'not now' } : behaviour
  }
}

/** To the protocol `law`, until the other side ends. */
function upgrade(socket: Socket): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: law\r\n\r\n')
  socket.on('end', () => socket.end())
}
