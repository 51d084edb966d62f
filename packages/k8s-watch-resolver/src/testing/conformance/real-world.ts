/**
 * The world of a real API server: whoever has one says how it is brought to what a rule needs. Only the clock of the clients can be moved.
 */
import { systemClock } from '@evenkeel/core'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import type { KubernetesOptions } from '../../options.ts'
import { Watched } from './watched.ts'
import type { World } from './world.ts'

/** What somebody who has a real API server provides. */
export interface RealServer
  extends Omit<World, 'kind' | 'clock' | 'random' | 'renewed' | 'watch' | 'turn' | 'patienceMs'> {
  readonly url: string
  /** PEM. */
  readonly certificateAuthority: string
}

/** The world of a real server. */
export function realWorld(server: RealServer): World {
  return new Real(server)
}

class Real implements World {
  readonly kind = 'real'
  // Bookmarks come once a minute.
  readonly patienceMs = 80_000
  readonly clock: World['clock'] = fakeClock(1_000)
  readonly random: World['random'] = seededRandom(1)
  readonly #server: RealServer
  readonly #clients: Watched[] = []
  renewed: string | undefined

  constructor(server: RealServer) {
    this.#server = server
  }

  get namespace(): string {
    return this.#server.namespace
  }

  get token(): string {
    return this.#server.token
  }

  set token(token: string) {
    this.#server.token = token
  }

  get connections(): number {
    return this.#server.connections
  }

  apply: World['apply'] = (slice) => this.#server.apply(slice)
  remove: World['remove'] = (name) => this.#server.remove(name)
  cut: World['cut'] = () => this.#server.cut()
  freeze: World['freeze'] = () => this.#server.freeze()
  thaw: World['thaw'] = () => this.#server.thaw()
  door: World['door'] = (door) => this.#server.door(door)
  bookmark: World['bookmark'] = () => this.#server.bookmark()
  expire: World['expire'] = (change) => this.#server.expire(change)
  restart: World['restart'] = () => this.#server.restart()
  replaceToken: World['replaceToken'] = () => this.#server.replaceToken()
  forbid: World['forbid'] = () => this.#server.forbid()
  permit: World['permit'] = (manifest) => this.#server.permit(manifest)
  // A round to the server and back takes about as long.
  turn: World['turn'] = () => new Promise((resolve) => void systemClock.after(1, resolve))

  watch(target = 'users', options: Partial<KubernetesOptions> = {}): Watched {
    const { url, certificateAuthority, namespace } = this.#server
    const { clock, random } = this
    const access = { url, certificateAuthority, namespace, token: () => this.#show() }
    const client = new Watched(this, target, { access, clock, random, ...options })
    this.#clients.push(client)
    return client
  }

  #show(): string {
    const { token } = this
    this.token = this.renewed ?? token
    return token
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map(({ resolver }) => resolver.close()))
    await this.#server[Symbol.asyncDispose]()
  }
}
