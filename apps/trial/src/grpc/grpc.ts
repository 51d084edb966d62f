/**
 * The trial of gRPC: our channel, and grpc-js over cluster DNS and over the ClusterIP, on servers of grpc-js.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@evenkeel/core/testing'
import type { Protocol, Running, StartOptions } from '../protocol.ts'
import { readArrivals } from './arrivals.ts'
import { type ClientName, makeClients } from './clients.ts'
import { startLoad } from './load.ts'
import { askClusterDns } from './names.ts'
import { ciScenes, scenes } from './scenes.ts'

// What is promised is promised at 500 calls/s. The others show what they lose at a fifth of it: the processors are shared with a whole cluster.
const requestsPerSecond = { ours: 500, 'round-robin': 100, 'cluster-ip': 100 } as const

const manifest = join(import.meta.dirname, '../../manifests/orders.yaml')

/** The trial's own service. */
export const grpc: Protocol = {
  name: 'grpc',
  app: {
    name: 'orders',
    manifest: (folder) => readFileSync(manifest, 'utf8').replace('$(ARRIVALS)', arrivalsOf(folder)),
  },
  scenes,
  ciScenes,
  clients: requestsPerSecond,
  methods: { repeatable: 'read', other: 'write', stream: 'follow' },
  podsTell: true,
  start: async (options) => start(options),
}

function start({ stage, discovery, seed, record, attempted }: StartOptions): Running {
  askClusterDns(stage.cluster.folder)
  const clients = makeClients({ stage, discovery })
  const running = Object.entries(clients.all).map(([name, client]) =>
    startLoad({
      ...{ name, client, record, random: seededRandom(seed) },
      requestsPerSecond: requestsPerSecond[name as ClientName],
    }),
  )
  return {
    stop: async () => {
      await Promise.all(running.map((load) => load.stop()))
      for (const attempt of readArrivals(arrivalsOf(stage.cluster.folder))) attempted(attempt)
    },
    [Symbol.asyncDispose]: () => clients[Symbol.asyncDispose](),
  }
}

function arrivalsOf(folder: string): string {
  return join(folder, 'arrivals')
}
