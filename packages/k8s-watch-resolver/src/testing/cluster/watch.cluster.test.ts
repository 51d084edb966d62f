import { type Cluster, startCluster } from '@evenkeel/cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crowdSeeds, loseServerAtOnce } from '../conformance/crowd.ts'
import { fakeWorld } from '../conformance/fake-world.ts'
import { realWorld } from '../conformance/real-world.ts'
import { rules } from '../conformance/suite.ts'
import { watchServer } from './watch-server.ts'

const everywhere = rules.filter((rule) => rule.worlds === 'both')

// Where the two differ the fake is wrong: they are played side by side.
describe.each(['h2', 'http/1.1'] as const)('the fake API server over %s', (protocol) => {
  for (const rule of rules)
    test(`${rule.id} ${rule.title}`, async ({ task }) => {
      task.meta.rule = rule.id
      task.meta.world = 'fake'
      await using world = await fakeWorld(protocol)
      await rule.play(world)
    })
})

for (const seed of crowdSeeds)
  test(`W-23 a thousand clients that lose their server at once come back spread over the window, seed ${seed}`, async ({
    task,
  }) => {
    task.meta.rule = 'W-23'
    task.meta.world = 'fake'
    await loseServerAtOnce(seed)
  })

/** What kind of server there is, and the flags that make it. */
const servers = [
  { name: 'with its defaults', server: undefined, flags: {} },
  {
    name: 'without WatchList',
    server: 'without WatchList',
    flags: { 'kube-apiserver': ['--feature-gates=WatchList=false', '--goaway-chance=0.02'] },
  },
] as const

let count = 0

describe.each(servers)('a real API server $name', ({ server, flags }) => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 1, flags })
  })

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
  })

  for (const rule of everywhere.filter((one) => one.server === server))
    test(`${rule.id} ${rule.title}`, async ({ task }) => {
      task.meta.rule = rule.id
      task.meta.world = 'real'
      await using world = realWorld(await watchServer(cluster, `rule-${++count}`))
      await rule.play(world)
    })

  if (server === undefined) return
  test('W-28 after a goodbye by chance the watch goes on, and the next request takes another connection', async ({
    task,
  }) => {
    task.meta.rule = 'W-28'
    task.meta.world = 'real'
    const real = await watchServer(cluster, `rule-${++count}`)
    await using world = realWorld(real)
    const client = world.watch('users', { lingerMs: 0, mostStreams: 1_000 })
    await client.live()
    // Two requests each, and a goodbye for one of 50: by then there was none in 1 of 10^9 runs.
    for (let asked = 0; real.relay.opened === 1 && asked < 500; asked++) {
      const sets = client.add(`s${asked}`)
      await client.until(() => sets.length > 0)
    }
    expect(real.relay.opened).toBeGreaterThan(1)
    expect(client.streams.filter(({ failures }) => failures > 0)).toEqual([])
  })
})
