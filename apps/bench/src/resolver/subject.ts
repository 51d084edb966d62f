/**
 * The resolver as `kubernetes` puts it together, over an API server that is a list of bytes: decoded, and given in pieces as a socket gives them.
 */
import { setImmediate } from 'node:timers/promises'
import { type Resolver, systemClock, systemRandom } from '@evenkeel/core'
import { type ApiAnswer, type ApiServer, addressRule, NamespaceStreams, OpenWatch, ServiceSlices } from './internals.ts'
import { namespace } from './service.ts'

// The most that libuv reads from a socket at once.
const readBytes = 65_536

/** How long the pieces of a stream kept this thread busy, in ms. */
export interface Turns {
  readonly totalMs: number
  readonly longestMs: number
}

/** A stream of an API server in our hands. */
export class Bytes implements ApiServer {
  readonly url: string = 'http://bytes'
  readonly namespace: string = namespace
  readonly #initial: Uint8Array
  #turns: number[] = []
  readonly #pushed: Uint8Array[] = []
  #wake = (): void => {}

  constructor(initial: Uint8Array) {
    this.#initial = initial
  }

  /** Of the last stream. */
  get turns(): Turns {
    return { totalMs: this.#turns.reduce((sum, ms) => sum + ms, 0), longestMs: Math.max(...this.#turns) }
  }

  get({ signal }: { readonly signal: AbortSignal }): Promise<ApiAnswer> {
    this.#turns = []
    return Promise.resolve({
      status: 200,
      header: () => undefined,
      body: this.#body(signal),
      aliveAt: systemClock.now(),
    })
  }

  /** One more piece, at once. */
  push(chunk: Uint8Array): void {
    this.#pushed.push(chunk)
    this.#wake()
  }

  renew(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}

  async *#body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < this.#initial.length; from += readBytes) {
      // Each read is a turn of the event loop; whatever its piece causes has happened when the next one is asked for.
      await setImmediate()
      if (signal.aborted) return
      const start = performance.now()
      yield this.#initial.subarray(from, from + readBytes)
      this.#turns.push(performance.now() - start)
    }
    signal.addEventListener('abort', () => this.#wake())
    while (!signal.aborted) {
      const chunk = this.#pushed.shift()
      if (chunk === undefined) await this.#something()
      else yield chunk
    }
  }

  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** A resolver over them. Dispose it. */
export interface BytesResolver extends Resolver, AsyncDisposable {}

/** Puts one together. */
export function bytesResolver(server: ApiServer): BytesResolver {
  const isAllowed = addressRule()
  const kit = { server, manners: { watchList: true }, clock: systemClock, random: systemRandom }
  const streams = new NamespaceStreams({
    ...kit,
    namespace,
    // As `kubernetes` has them.
    mostStreams: 4,
    lingerMs: 30_000,
    makeSlices: () => new ServiceSlices({ clock: systemClock, holdMs: 500, family: 'ipv4', isAllowed, warn: complain }),
  })
  return {
    claims: () => true,
    watch: ({ service, port }, observer) =>
      new OpenWatch({
        clock: systemClock,
        open: async () => ({ followed: streams.follow(service), kit, namespace, service, port }),
        observer,
        failed: complain,
        ended: () => {},
      }),
    [Symbol.asyncDispose]: () => streams.close(),
  }
}

function complain(what: unknown): never {
  throw what instanceof Error ? what : new Error(String(what))
}
