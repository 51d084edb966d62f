/**
 * What core makes of a watched Service: peers that a transport connects to, and picks.
 */
import {
  type Balancer,
  cancelledUnprocessed,
  type PeerInspection,
  parseTarget,
  peakEwma,
  type Self,
  upstreams,
} from '@evenkeel/core'
import { plainCall } from '@evenkeel/core/testing'
import type { Watched } from './watched.ts'
import type { World } from './world.ts'

/** Peers of the Service `users`. */
export interface Peers extends AsyncDisposable {
  /** Picks. */
  readonly balancer: Balancer
  /** What a transport hears: `joined`, `leaving` and `left`, each with the last part of the address. The last two are when connections close. */
  readonly told: readonly string[]
  /** What is known of each, in the order of their addresses. */
  standings(): readonly PeerInspection[]
  /** Last parts of the addresses that so many calls go to, in order. */
  used(calls: number): string
}

/** Follows the peers that come of a client's resolver; resolves when they are known. */
export async function followPeers({ clock, random }: World, client: Watched, self: Partial<Self> = {}): Promise<Peers> {
  const { resolver } = client
  const services = upstreams({ resolver, clock, random, self })
  const upstream = services.of(parseTarget('users'))
  const balancer = upstream.balancer({ policies: [peakEwma()], narrowings: [] })
  const told: string[] = []
  const tell = (what: string) => (peer: { readonly endpoint: { readonly address: string } }) =>
    void told.push(`${what} ${peer.endpoint.address.split('.').at(-1)}`)
  const listening = upstream.watch({ joined: tell('joined'), leaving: tell('leaving'), left: tell('left') })
  await client.until(() => upstream.inspect().status !== 'pending')
  return {
    balancer,
    told,
    standings: () => [...upstream.inspect().peers].sort((one, other) => one.locator.localeCompare(other.locator)),
    used: (calls) => {
      const found = new Set<number>()
      for (let call = 0; call < calls; call++) {
        const answer = balancer.pick(plainCall)
        if (answer.kind !== 'pick') continue
        found.add(Number(answer.peer.endpoint.address.split('.').at(-1)))
        answer.settle(cancelledUnprocessed)
      }
      return [...found].sort((one, other) => one - other).join(' ')
    },
    async [Symbol.asyncDispose]() {
      listening[Symbol.dispose]()
      await balancer[Symbol.asyncDispose]()
      await services[Symbol.asyncDispose]()
    },
  }
}
