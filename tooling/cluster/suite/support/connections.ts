/**
 * Who answers at an address.
 */
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { text } from 'node:stream/consumers'
import { eventually } from './eventually.ts'
import { ask } from './pods.ts'

/** Host names of those who answered, one for each new connection. @throws the error of a socket */
export async function answeringAt(address: string, connections: number): Promise<readonly string[]> {
  const hosts: string[] = []
  while (hosts.length < connections) hosts.push(hostIn((await ask(address, '/', { port: 80 })).body))
  return hosts
}

/** Asks a Service again until it is served. @returns the host name of who answered */
export async function servedBy(address: string, port = 80): Promise<string> {
  // A packet to an address that kube-proxy does not know yet is lost; the next attempt comes sooner than its repetitions.
  const { body } = await eventually(() => ask(address, '/', { port, silenceMs: 300 }))
  return hostIn(body)
}

/** One connection, for one request after the other. */
export class KeptConnection implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  /** Asks once more. @returns who answered, and whether that was on the connection of the request before */
  async ask(): Promise<{ readonly host: string; readonly reused: boolean }> {
    const request = get({ host: this.#address, agent: this.#agent })
    const [answer] = await once(request, 'response')
    return { host: hostIn(await text(answer)), reused: request.reusedSocket }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** The host name in an answer of `server.mjs`. */
export function hostIn(body: string): string {
  return JSON.parse(body).host
}
