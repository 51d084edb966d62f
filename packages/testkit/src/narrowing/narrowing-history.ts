/**
 * One random history of a stage: batches of joins, alterations and leaves, and the comparison at every flush.
 */
import type { Condition, Endpoint, Narrowing, Peer, Random, Stage, Standing, World } from '@evenkeel/core'
import { endpointAt, type FakeClock } from '@evenkeel/core/testing'
import { holds } from '../law.ts'
import type { NarrowingReference } from '../narrowing-laws.ts'

/** What one history needs. */
export interface NarrowingPlay {
  readonly narrowing: Narrowing
  readonly reference: NarrowingReference
  readonly world: World
  readonly clock: FakeClock
  readonly random: Random
  readonly shares: readonly number[]
}

/** A peer without an upstream: what a stage may read. */
interface BarePeer extends Peer {
  endpoint: Endpoint
  standing: Standing
}

const zones = ['a', 'b', 'c'] as const
const conditions: readonly Condition[] = ['ready', 'ready', 'ready', 'serving-terminating', 'unready']
const standings: readonly Standing[] = ['open', 'open', 'open', 'shut', 'leaving']
// Few peers, so that zones and tiers run empty all the time.
const mostPeers = 10
// Shares are products of a few factors.
const shareTolerance = 1e-9

/** One per history. */
export class NarrowingHistory {
  readonly #play: NarrowingPlay
  /** What went in, with its share. */
  readonly #given = new Map<BarePeer, number>()
  /** What came out. */
  readonly #passed = new Map<Peer, number>()
  readonly #freeRows: number[] = []
  #rows = 0
  #born = 0

  constructor(play: NarrowingPlay) {
    this.#play = play
  }

  run(steps: number): void {
    const { narrowing, world, random, clock } = this.#play
    const stage = narrowing.open(this.#out(), world)
    for (let step = 0; step < steps; ) {
      for (let batch = 1 + random.below(4); batch > 0; batch--, step++) this.#step(stage)
      stage.flush()
      this.#compare()
      if (random.below(8) > 0) continue
      clock.advance(random.below(40_000))
      this.#compare()
    }
    stage[Symbol.dispose]()
    holds(11, clock.pending === 0, () => `${clock.pending} timers are left`)
  }

  #step(stage: Stage): void {
    const { random } = this.#play
    const draw = random.below(8)
    const peer = [...this.#given.keys()][random.below(Math.max(1, this.#given.size))]
    if (peer === undefined || (draw < 3 && this.#given.size < mostPeers)) this.#join(stage)
    else if (draw < 5) {
      this.#given.delete(peer)
      this.#freeRows.push(peer.row)
      stage.leave(peer)
    } else {
      if (draw === 5) peer.standing = this.#one(standings)
      else peer.endpoint = this.#endpoint(peer.endpoint.locator)
      const share = draw === 7 ? this.#one(this.#play.shares) : (this.#given.get(peer) as number)
      this.#given.set(peer, share)
      stage.alter(peer, share)
    }
  }

  #join(stage: Stage): void {
    const row = this.#freeRows.pop() ?? this.#rows++
    const endpoint = this.#endpoint(`10.0.0.${(this.#born++ % 250) + 1}:80`)
    const peer: BarePeer = {
      row,
      endpoint,
      standing: this.#one(standings),
      inFlight: 0,
      silentSince: Number.POSITIVE_INFINITY,
      firstReadyAt: this.#play.clock.now(),
      full: false,
    }
    const share = this.#one(this.#play.shares)
    this.#given.set(peer, share)
    stage.join(peer, share)
  }

  #endpoint(locator: string): Endpoint {
    const { random } = this.#play
    const zone = random.below(10) === 0 ? undefined : this.#one(zones)
    return endpointAt(locator, {
      uid: locator,
      zone,
      node: zone === undefined ? undefined : `${zone}-${1 + random.below(2)}`,
      hints: random.below(3) === 0 ? { zones: [this.#one(zones)], nodes: [] } : undefined,
      weight: 1 + random.below(3),
      condition: this.#one(conditions),
    })
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#play.random.below(items.length)] as Item
  }

  /** The stage behind, which only writes down. */
  #out(): Stage {
    const passed = this.#passed
    return {
      join: (peer, share) => {
        holds(1, !passed.has(peer), () => `${peer.endpoint.locator} joins twice`)
        holds(1, share > 0, () => `${peer.endpoint.locator} joins with share ${share}`)
        passed.set(peer, share)
      },
      alter: (peer, share) => {
        holds(1, passed.has(peer), () => `${peer.endpoint.locator} is altered and is no member`)
        passed.set(peer, share)
      },
      leave: (peer) => holds(1, passed.delete(peer), () => `${peer.endpoint.locator} leaves and is no member`),
      flush: () => {},
    }
  }

  #compare(): void {
    const { reference, world, narrowing } = this.#play
    const answer = reference(this.#given, world)
    const expected = answer instanceof Map ? (answer as ReadonlyMap<Peer, number>) : this.#withShares(answer)
    const told = () => `${show(this.#passed)} (expected: ${show(expected)}, of ${show(this.#given)})`
    holds(
      8,
      narrowing.mayLeaveNothing || this.#passed.size > 0 || this.#given.size === 0,
      () => `nobody is left of ${this.#given.size}`,
    )
    holds(4, this.#passed.size === expected.size, told)
    for (const [peer, share] of expected) {
      const passed = this.#passed.get(peer)
      holds(4, passed !== undefined && Math.abs(passed - share) <= shareTolerance * share, told)
    }
  }

  #withShares(answer: readonly Peer[] | ReadonlyMap<Peer, number>): ReadonlyMap<Peer, number> {
    return new Map([...(answer as readonly Peer[])].map((peer) => [peer, this.#given.get(peer as BarePeer) as number]))
  }
}

function show(peers: ReadonlyMap<Peer, number>): string {
  const all = [...peers].map(
    ([{ endpoint, standing }, share]) =>
      `${endpoint.locator} ${endpoint.condition} ${endpoint.zone ?? 'no zone'} ${standing} ×${share}`,
  )
  return `[${all.join(', ')}]`
}
