/**
 * What makes the calls of the storefront balanced: every call goes to a pod of its own choice, and not to the pod that a connection once led to.
 */
import { type Upstreams, upstreams } from '@evenkeel/core'
import { balancedChannel } from '@evenkeel/grpc-transport'
import { BalancedAgent } from '@evenkeel/http-transport'
import { kubernetes } from '@evenkeel/k8s-watch-resolver'
import { credentials } from '@grpc/grpc-js'
import { setGlobalDispatcher } from 'undici'
import { CatalogClient } from './catalog-stub.ts'

/** From now on, for all HTTP of the process. @returns what it sees of the pods, for gRPC to share */
export function balanceCalls(): Upstreams {
  const services = upstreams({ resolver: kubernetes() })
  setGlobalDispatcher(new BalancedAgent({ upstreams: services }))
  return services
}

/** A client of the catalog: with what `balanceCalls` gave it is balanced, without it is grpc-js as it comes. */
export function catalogClient(address: string, services: Upstreams | undefined): CatalogClient {
  if (services === undefined) return new CatalogClient(address, credentials.createInsecure())
  const channel = balancedChannel(address, { upstreams: services, repeatable: ['shop.v1.Catalog/GetProduct'] })
  return new CatalogClient(channel.address, credentials.createInsecure(), channel.options)
}
