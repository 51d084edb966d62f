/**
 * Turns in proportion to weights, by static stride scheduling: no heap, deterministic, constant time (gRFC A58, grpc-go `scheduler.go`, with another
 * offset).
 *
 * A counter walks through the members round after round. In round g the member at index b with weight w, scaled so that the heaviest has 65,535,
 * is skipped when (w·g + b·40,503) mod 65,535 < 65,535 − w. Equal weights are never skipped, which is plain round robin.
 */
import type { Call } from '../../calling/call.ts'
import type { Kit } from '../../peers/kit.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Random } from '../../random.ts'
import type { Chooser } from '../chooser.ts'
import { byWeight, Members, type Weigh } from '../members.ts'
import { eligible } from './eligible.ts'

const full = 65_535
// The full scale over the golden ratio spreads the turns of peers with equal weights evenly over each round. With half of the scale, as in gRPC, all
// even ones would be skipped together, and among more than 64 light peers a round could pass without a choice.
const offset = 40_503
// Weights are clamped to within this factor of their mean: the expected number of skips per pick is the heaviest over the mean, and a weight far
// below it would never have a turn (gRPC C++ clamps likewise).
const clampFactor = 10
// The expected number of steps is at most the clamp factor; this leaves room for a run of skips and for peers without room.
const maxSteps = 64

/** Turns by weight times share. */
export function weightedRoundRobinChooser(kit: Kit): Chooser {
  return new Stride(kit.random, byWeight)
}

/** The stride scheduler over any draw weight. */
export class Stride implements Chooser {
  readonly #random: Random
  readonly #members: Members
  #index = -1
  #round = 0

  constructor(random: Random, weigh: Weigh) {
    this.#random = random
    this.#members = new Members(weigh)
  }

  join(peer: Peer, share: number): void {
    this.#members.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    this.#members.alter(peer, share)
  }

  leave(peer: Peer): void {
    this.#members.leave(peer)
  }

  flush(): void {
    // The start is drawn when the first peers are there, and again after a time without any.
    if (this.#members.size === 0) this.#index = -1
    else if (this.#index < 0) {
      this.#index = this.#random.below(this.#members.size)
      // Rounds start anywhere in the pattern of skips as well.
      this.#round = this.#random.below(full)
    }
  }

  choose(call: Call): Peer | undefined {
    const members = this.#members
    const { size } = members
    if (size === 0) return undefined
    for (let step = 0; step < maxSteps; step++) {
      if (++this.#index >= size) {
        this.#index = 0
        this.#round = this.#round >= full - 1 ? 0 : this.#round + 1
      }
      const peer = members.peers[this.#index] as Peer
      if (!this.#skips(this.#index) && eligible(peer, call)) return peer
    }
    return undefined
  }

  #skips(index: number): boolean {
    const { heaviest: most, meanWeight } = this.#members
    const weight = this.#members.weightAt(index)
    if (weight >= most) return false
    const heaviest = Math.min(most, meanWeight * clampFactor)
    const clamped = Math.min(Math.max(weight, meanWeight / clampFactor), heaviest)
    const scaled = Math.round((clamped / heaviest) * full)
    return (scaled * this.#round + index * offset) % full < full - scaled
  }
}
