/**
 * A short play with given roles: a few peers, calls at a given rate, and who answers how. For laws that are about shares rather than about
 * single picks.
 */
import {
  answeredBad,
  answeredGood,
  type Balancer,
  type Endpoint,
  failedUnprocessed,
  type GuardFactory,
  type Peer,
  type Pick,
  type Policy,
  parseTarget,
  type Upstream,
  type Upstreams,
  upstreams,
} from '@evenkeel/core'
import {
  type FakeClock,
  fakeClock,
  type ManualResolver,
  manualResolver,
  plainCall,
  seededRandom,
} from '@evenkeel/core/testing'
import { Breach } from '../law.ts'

/** One play. */
export class StagePlay {
  readonly clock: FakeClock = fakeClock()
  readonly resolver: ManualResolver = manualResolver({ clock: this.clock })
  readonly services: Upstreams
  readonly upstream: Upstream
  readonly balancer: Balancer
  /** Calls under way, the oldest first. */
  readonly open: Pick[] = []
  #oldest = 0

  /** @param guards undefined: those of core */
  constructor(policy: Policy, endpoints: readonly Endpoint[], seed: number, guards?: readonly GuardFactory[]) {
    this.services = upstreams({ resolver: this.resolver, guards, clock: this.clock, random: seededRandom(seed) })
    this.upstream = this.services.of(parseTarget('play-service'))
    this.balancer = this.upstream.balancer({ policies: [policy], narrowings: [] })
    this.resolver.set(endpoints)
  }

  /** A first attempt; it has started. */
  pick(): Pick {
    const answer = this.balancer.pick(plainCall)
    if (answer.kind !== 'pick') throw new Breach(1, `nobody is picked (${answer.kind}) though every peer has room`)
    answer.started()
    return answer
  }

  /** A call that stays under way. */
  begin(): Peer {
    const pick = this.pick()
    this.open.push(pick)
    return pick.peer
  }

  /** The oldest call under way ends well. */
  endOldest(): void {
    const pick = this.open[this.#oldest++]
    if (pick === undefined) return
    pick.answered('good')
    pick.settle(answeredGood)
  }

  /** A call that fails at once, in one of two ways. */
  failAtOnce(pick: Pick, way: number): void {
    if (way % 2 === 0) pick.settle(failedUnprocessed)
    else {
      pick.answered('bad')
      pick.settle(answeredBad)
    }
  }

  /** What each load says of the peer. */
  loads(locator: string): Readonly<Record<string, number>> | undefined {
    return this.upstream.inspect().peers.find((peer) => peer.locator === locator)?.loads
  }

  async close(): Promise<void> {
    await this.services[Symbol.asyncDispose]()
  }
}
