/**
 * What one history plays with: an upstream with a balancer over discovery, time and chance in its own hands, and the model beside it.
 * The history's choices come from one seeded source and what is under test draws from another, so that both repeat.
 */
import {
  type Balancer,
  consecutiveFailures,
  drainMark,
  type GuardFactory,
  type Policy,
  parseTarget,
  type Random,
  retryAfter,
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
import { holds } from '../law.ts'
import { HandGuard } from './history-guards.ts'
import { HistoryModel } from './history-model.ts'
import { SpyNarrowing } from './spy-narrowing.ts'

/** What a history is made from. */
export interface HistorySetup {
  readonly policy: Policy
  /** @defaultValue those of core */
  readonly guards?: readonly GuardFactory[] | undefined
  readonly seed: number
  readonly steps: number
  /** Hears every step in words. @defaultValue nobody */
  readonly trace?: ((step: string) => void) | undefined
}

/** Small, so that peers are often full and the line is often long. */
export const maxInFlightPerPeer = 3
/** Calls that may wait. */
export const maxWaiting = 3

// Any other seed would do: it only has to differ from the history's own.
const otherSeed = 0x5eed

/** One per history. */
export class HistoryWorld {
  readonly random: Random
  readonly clock: FakeClock = fakeClock()
  readonly resolver: ManualResolver = manualResolver({ clock: this.clock })
  readonly model: HistoryModel = new HistoryModel()
  readonly spy: SpyNarrowing
  readonly opinion: HandGuard = new HandGuard('opinion')
  readonly fact: HandGuard = new HandGuard('fact')
  readonly services: Upstreams
  readonly upstream: Upstream
  readonly balancer: Balancer
  readonly trace: ((step: string) => void) | undefined
  /** Folds every answer of `pick`: equal for equal picks. */
  fingerprint = 0
  /** True while discovery speaks: the model compares only afterwards. */
  hearing = false

  constructor(setup: HistorySetup) {
    const { policy, guards = [consecutiveFailures({ failures: 2 }), drainMark(), retryAfter()], seed, trace } = setup
    this.random = seededRandom(seed)
    this.spy = new SpyNarrowing(this.random.below(4) === 0 ? 'half' : 'nobody')
    this.model.reaches = (peer) => !this.spy.hides(peer)
    this.trace = trace
    this.services = upstreams({
      resolver: this.resolver,
      guards: [...guards, this.opinion.factory, this.fact.factory],
      clock: this.clock,
      random: seededRandom(seed ^ otherSeed),
      maxWaiting,
    })
    this.upstream = this.services.of(parseTarget('history-service'))
    this.upstream.watch(this.model)
    this.balancer = this.upstream.balancer({ policies: [policy], narrowings: [this.spy], maxInFlightPerPeer })
  }

  /** Folds a number into the fingerprint. */
  note(what: number): void {
    this.fingerprint = (Math.imul(this.fingerprint, 31) + what) | 0
  }

  /** Law 11: after closing nothing runs, nothing is watched and nothing is picked. */
  async close(): Promise<void> {
    await this.services[Symbol.asyncDispose]()
    holds(11, this.clock.pending === 0, () => `${this.clock.pending} timers are left after close`)
    holds(11, this.resolver.watches === 0, () => `${this.resolver.watches} watches are left after close`)
    const answer = this.balancer.pick(plainCall)
    holds(11, answer.kind === 'refused' && answer.reason === 'closed', () => `a pick after close gives ${answer.kind}`)
  }
}
