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
  const clients: Watched[] = []
  const show = (): string => {
    const { token } = server
    server.token = world.renewed ?? token
    return token
  }
  const world: World = {
    kind: 'real',
    namespace: server.namespace,
    clock: fakeClock(1_000),
    random: seededRandom(1),
    renewed: undefined,
    // Bookmarks come once a minute.
    patienceMs: 80_000,
    get token() {
      return server.token
    },
    set token(token) {
      server.token = token
    },
    get connections() {
      return server.connections
    },
    apply: (slice) => server.apply(slice),
    remove: (name) => server.remove(name),
    watch: (target = 'users', options: Partial<KubernetesOptions> = {}) => {
      const { url, certificateAuthority, namespace } = server
      const access = { url, certificateAuthority, namespace, token: show }
      const { clock, random } = world
      const client = new Watched(world, target, { access, clock, random, ...options })
      clients.push(client)
      return client
    },
    cut: () => server.cut(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    door: (door) => server.door(door),
    bookmark: () => server.bookmark(),
    expire: (change) => server.expire(change),
    restart: () => server.restart(),
    replaceToken: () => server.replaceToken(),
    forbid: () => server.forbid(),
    permit: (manifest) => server.permit(manifest),
    // A round to the server and back takes about as long.
    turn: () => new Promise((resolve) => void systemClock.after(1, resolve)),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(({ resolver }) => resolver.close()))
      await server[Symbol.asyncDispose]()
    },
  }
  return world
}
