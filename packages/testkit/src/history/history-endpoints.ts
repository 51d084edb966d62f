/**
 * The places of a random history: few locators, so that addresses are reused all the time, each with a few incarnations.
 */
import { type Condition, type Endpoint, endpoint, type Random } from '@evenkeel/core'

// More than any tier needs to be interesting, few enough that every address is reused several times in fifty steps.
const places = 12
// Incarnations of one place: enough that an older one comes back.
const incarnations = 3

/** Draws endpoints. */
export class HistoryEndpoints {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** An endpoint at any place, or at the place given. */
  draw(address: string = `10.0.0.${this.#random.below(places) + 1}`): Endpoint {
    return endpoint({
      address,
      port: 80,
      uid: this.#uid(address),
      weight: this.#random.below(4) === 0 ? 1 + this.#random.below(5) : 1,
      condition: this.#condition(),
    })
  }

  /** Several endpoints at different places. */
  drawMany(most: number): Map<string, Endpoint> {
    const drawn = new Map<string, Endpoint>()
    for (let count = this.#random.below(most + 1); count > 0; count--) {
      const one = this.draw()
      drawn.set(one.locator, one)
    }
    return drawn
  }

  /** The same place written anew: another weight, another condition, sometimes another incarnation. */
  rewrite(before: Endpoint): Endpoint {
    const after = this.draw(before.address)
    return this.#random.below(3) === 0 ? after : copyOf({ ...after, uid: before.uid })
  }

  #uid(address: string): string | undefined {
    // Some sources do not know the incarnation.
    if (this.#random.below(5) === 0) return undefined
    return `${address}#${this.#random.below(incarnations)}`
  }

  #condition(): Condition {
    const draw = this.#random.below(20)
    if (draw < 15) return 'ready'
    return draw < 18 ? 'serving-terminating' : 'unready'
  }
}

/** An equal endpoint that is another object: what a source says again. */
export function copyOf(one: Endpoint): Endpoint {
  const { address, port, uid, weight, condition } = one
  return endpoint({ address, port, uid, weight, condition })
}
