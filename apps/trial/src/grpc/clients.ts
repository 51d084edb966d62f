/**
 * The three clients: ours, and grpc-js in the two ways in which it is used on Kubernetes.
 */
import { balancedChannel } from '@evenkeel/grpc-transport'
import { type ChannelOptions, credentials } from '@grpc/grpc-js'
import type { StartOptions } from '../protocol.ts'
import { namespace } from '../stage/stage.ts'
import { OrdersClient, serviceName } from './service.ts'

/** Clients by name. Disposing them closes all. */
export interface Clients extends AsyncDisposable {
  readonly all: Readonly<Record<ClientName, OrdersClient>>
}

/** `round-robin` asks cluster DNS for the pods of the headless Service, `cluster-ip` has one address for all pods. */
export type ClientName = 'ours' | 'round-robin' | 'cluster-ip'

/** Makes them. */
export function makeClients({ stage, discovery }: Pick<StartOptions, 'stage' | 'discovery'>): Clients {
  const { name } = stage.app
  const channel = balancedChannel(`${name}:grpc`, {
    resolver: discovery.resolver,
    repeatable: [`${serviceName}/Read`],
  })
  const make = (address: string, options: ChannelOptions): OrdersClient =>
    new OrdersClient(address, credentials.createInsecure(), options)
  const headless = `${name}-headless.${namespace}.svc.cluster.local:50051`
  const roundRobin = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] })
  const all = {
    ours: make(channel.address, channel.options),
    'round-robin': make(`dns:///${headless}`, { 'grpc.service_config': roundRobin }),
    // Without a pool of its own it would share the connections of whoever calls the same address.
    'cluster-ip': make(stage.virtualAddress, { 'grpc.use_local_subchannel_pool': 1 }),
  }
  return {
    all,
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(all)) client.close()
      await channel.close()
    },
  }
}
