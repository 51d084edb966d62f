/**
 * The world of the fake API server, which shares the clock of its clients.
 */
import { systemClock } from '@evenkeel/core'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { type ApiSlice, type FakeApiServer, type FakeApiServerOptions, fakeApiServer } from '@evenkeel/testkit'
import type { KubernetesOptions } from '../../options.ts'
import type { EndpointSlice } from '../../slices/endpoint-slice.ts'
import { Watched } from './watched.ts'
import type { FakeWorld } from './world.ts'

/** Opens one. */
export async function fakeWorld(
  protocol: 'h2' | 'http/1.1',
  options: FakeApiServerOptions = {},
  seed = 1,
): Promise<FakeWorld> {
  const clock = fakeClock(1_000)
  const server = await fakeApiServer({ clock, protocols: [protocol], ...options })
  return new Fake(protocol, clock, server, seed)
}

class Fake implements FakeWorld {
  readonly kind = 'fake'
  readonly namespace = 'shop'
  // Under the 5 s of a test of vitest.
  readonly patienceMs = 4_000
  readonly random: FakeWorld['random']
  readonly protocol: 'h2' | 'http/1.1'
  readonly clock: FakeClock
  readonly server: FakeApiServer
  readonly #clients: Watched[] = []
  token: string
  renewed: string | undefined
  #tokens = 1

  constructor(protocol: 'h2' | 'http/1.1', clock: FakeClock, server: FakeApiServer, seed: number) {
    this.protocol = protocol
    this.clock = clock
    this.server = server
    this.token = server.token
    this.random = seededRandom(seed)
  }

  get connections(): number {
    return this.server.connections.length
  }

  async apply(slice: EndpointSlice): Promise<void> {
    const { name = '', labels, annotations } = slice.metadata ?? {}
    this.server.apply({
      ...slice,
      metadata: { name, namespace: this.namespace, labels, annotations },
    } as unknown as ApiSlice)
  }

  async remove(name: string): Promise<void> {
    this.server.remove(this.namespace, name)
  }

  watch(target = 'users', options: Partial<KubernetesOptions> = {}): Watched {
    const { server, clock, random, namespace } = this
    const access = { url: server.url, token: () => this.#show(), certificateAuthority: server.ca, namespace }
    const client = new Watched(this, target, { access, clock, random, ...options })
    this.#clients.push(client)
    return client
  }

  async cut(): Promise<void> {
    for (const connection of this.server.connections) connection.reset()
  }

  freeze(): void {
    for (const connection of this.server.connections) connection.freeze()
  }

  thaw(): void {
    for (const connection of this.server.connections) connection.thaw()
  }

  door(door: 'open' | 'refusing' | 'hanging-up'): Promise<void> {
    return this.server.door(door)
  }

  async bookmark(): Promise<void> {
    for (const watch of this.server.watches) await watch.bookmark()
  }

  async expire(change: () => Promise<void>): Promise<void> {
    await this.door('refusing')
    await change()
    this.server.compact()
    await this.door('open')
  }

  async restart(): Promise<void> {
    await this.door('refusing')
    await this.door('open')
  }

  async replaceToken(): Promise<string> {
    const next = `token-${++this.#tokens}`
    this.server.revokeToken(this.token)
    this.server.addToken(next)
    return next
  }

  async forbid(): Promise<void> {
    this.server.allow([])
  }

  async permit(): Promise<void> {
    this.server.allow([{ resource: '*' }])
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => void systemClock.afterPoll(resolve))
  }

  #show(): string {
    const { token } = this
    this.token = this.renewed ?? token
    return token
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map(({ resolver }) => resolver.close()))
    await this.server.close()
  }
}
