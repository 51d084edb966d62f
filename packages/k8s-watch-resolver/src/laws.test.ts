import { inspect } from 'node:util'
import { type Endpoint, type EndpointInput, parseTarget, type Resolver, readEndpoint } from '@evenkeel/core'
import { type FakeClock, seededRandom } from '@evenkeel/core/testing'
import { type FakeApiServer, fakeApiServer, type MadeResolver, resolverLaws } from '@evenkeel/testkit'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Kubernetes, kubernetes } from './kubernetes.ts'
import { asApiSlice } from './testing/served.ts'
import { slice } from './testing/slices.ts'

// A step takes a round trip over a real connection.
const histories = Math.ceil(Number(process.env.EVENKEEL_HISTORIES ?? 10_000) / 400)
const seed = Number(process.env.EVENKEEL_SEED ?? 1)

/** A resolver in a namespace of its own of the one server. */
interface Followed extends MadeResolver {
  readonly kubernetes: Kubernetes
  readonly namespace: string
  readonly clock: FakeClock
  /** Version of the last write in the namespace. */
  version: number
  /** Watches that are open. */
  watches: number
}

describe.each(['h2', 'http/1.1'] as const)('kubernetes, over %s', (protocol) => {
  let server: FakeApiServer
  let made = 0

  beforeAll(async () => {
    server = await fakeApiServer({ protocols: [protocol] })
  })

  afterAll(() => server.close())

  function make(clock: FakeClock): Followed {
    const namespace = `shop-${made++}`
    const { url, token, ca } = server
    const resolver = kubernetes({
      access: { url, token, certificateAuthority: ca, namespace },
      clock,
      random: seededRandom(seed + made),
      // An answer shall be what is heard at once.
      holdMs: 0,
    })
    const followed: Followed = {
      resolver: closing(resolver, (change) => {
        followed.watches += change
        return followed.watches
      }),
      target: parseTarget('users'),
      unclaimed: parseTarget('users.elsewhere'),
      kubernetes: resolver,
      namespace,
      clock,
      version: 0,
      watches: 0,
    }
    return followed
  }

  async function answer(followed: Followed, endpoints: readonly EndpointInput[]): Promise<void> {
    await server.door('open')
    const byPort = new Map<number, Endpoint[]>([[80, []]])
    for (const one of endpoints.map((input) => readEndpoint(input, 'of the law')))
      byPort.set(one.port, [...(byPort.get(one.port) ?? []), one])
    write(followed, byPort)
    await heard(followed)
  }

  async function absent(followed: Followed): Promise<void> {
    await server.door('open')
    write(followed, new Map())
    await heard(followed)
  }

  async function fail(followed: Followed): Promise<void> {
    if (followed.watches === 0) return
    await server.door('refusing')
    const before = streamOf(followed)?.failures ?? 0
    await turnUntil(followed, () => streamOf(followed)?.error !== undefined && streamOf(followed)?.failures !== before)
  }

  /** A slice for each port: endpoints of one slice have the same. */
  function write(followed: Followed, byPort: ReadonlyMap<number, readonly Endpoint[]>): void {
    const { namespace } = followed
    const before = server.version
    for (const [port, endpoints] of byPort) {
      const ports = [{ name: 'http', port, protocol: 'TCP' }]
      server.apply(asApiSlice(slice({ name: `port-${port}`, ports, endpoints: endpoints.map(written) }), namespace))
    }
    for (const { metadata } of server.slices())
      if (metadata.namespace === namespace && !byPort.has(Number(metadata.name.slice('port-'.length))))
        server.remove(namespace, metadata.name)
    if (server.version !== before) followed.version = Number(server.version)
  }

  async function heard(followed: Followed): Promise<void> {
    if (followed.watches === 0) return
    await turnUntil(followed, () => {
      const { phase, error, version = 0 } = streamOf(followed) ?? {}
      return phase === 'live' && error === undefined && Number(version) >= followed.version
    })
  }

  const laws = resolverLaws<Followed>(
    { make, control: { answer, absent, fail }, weights: 'untold' },
    { histories, seed },
  )
  for (const law of laws) test(law.name, law.check, 120_000)
})

/** With its last watch the resolver is closed: its streams outlive watches on purpose. */
function closing(resolver: Kubernetes, count: (change: 1 | -1) => number): Resolver {
  return {
    claims: (target) => resolver.claims(target),
    watch: (target, observer) => {
      count(1)
      const watch = resolver.watch(target, observer)
      let isOpen = true
      return {
        refresh: () => watch.refresh(),
        get seenAt() {
          return watch.seenAt
        },
        get completeAnswers() {
          return watch.completeAnswers
        },
        async [Symbol.asyncDispose]() {
          await watch[Symbol.asyncDispose]()
          if (isOpen && count(-1) === 0) await resolver.close()
          isOpen = false
        },
      }
    },
  }
}

function written({ address, uid, condition }: Endpoint): object {
  const conditions = {
    ready: condition === 'ready',
    serving: condition !== 'unready',
    terminating: condition === 'serving-terminating',
  }
  return { addresses: [address], conditions, ...(uid === undefined ? {} : { targetRef: { kind: 'Pod', uid } }) }
}

function streamOf({ kubernetes }: Followed) {
  return kubernetes.inspect().namespaces[0]?.streams[0]
}

/** Real turns for what comes over the connection; time moves only while the resolver waits for it. */
async function turnUntil(followed: Followed, holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    if (turns > 2_000_000) throw new Error(`nothing more is heard: ${inspect(streamOf(followed))}`)
    const phase = streamOf(followed)?.phase
    if (phase === 'waiting' || phase === 'resuming') followed.clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
