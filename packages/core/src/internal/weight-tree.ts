/**
 * Weights by index, drawn from exactly and changed in a number of steps that grows with the logarithm of their number: a complete binary tree in
 * which every node holds the sum of its two children, and another that holds their maximum (Wong and Easton 1980, "An efficient method for weighted
 * sampling without replacement"). A parent is computed anew from its children, so rounding never adds up over many changes.
 */
import type { Random } from '../random.ts'

// Most services have fewer peers than this; the tree doubles beyond it.
const firstLeaves = 64

/** Weights of indices 0 to the largest that was set; what was never set weighs 0. */
export class WeightTree {
  #leaves = firstLeaves
  /** Node 1 is the root, the children of node k are 2k and 2k + 1, the leaves come last. */
  #sums = new Float64Array(2 * firstLeaves)
  #heaviest = new Float64Array(2 * firstLeaves)

  get sum(): number {
    return this.#sums[1] as number
  }

  get heaviest(): number {
    return this.#heaviest[1] as number
  }

  at(index: number): number {
    return index < this.#leaves ? (this.#sums[this.#leaves + index] as number) : 0
  }

  /** Sets a weight of 0 or more. */
  set(index: number, weight: number): void {
    while (index >= this.#leaves) this.#grow()
    this.#sums[this.#leaves + index] = weight
    this.#heaviest[this.#leaves + index] = weight
    for (let node = (this.#leaves + index) >> 1; node >= 1; node >>= 1) this.#sumUp(node)
  }

  /** An index with the chance of its weight; -1 if all weigh 0. */
  draw(random: Random): number {
    const sum = this.#sums[1] as number
    return sum > 0 ? this.#descend(1, random.next() * sum) : -1
  }

  /** As `draw`, among all but one; -1 if the others weigh 0. Adds up the others rather than subtracting the one, which may outweigh them beyond precision. */
  drawOther(random: Random, except: number): number {
    const sums = this.#sums
    let others = 0
    for (let node = this.#leaves + except; node > 1; node >>= 1) others += sums[node ^ 1] as number
    if (!(others > 0)) return -1
    let left = random.next() * others
    let last = -1
    // The siblings on the way up hold all the others.
    for (let node = this.#leaves + except; node > 1; node >>= 1) {
      const weight = sums[node ^ 1] as number
      if (left < weight) return this.#descend(node ^ 1, left)
      left -= weight
      if (weight > 0) last = node ^ 1
    }
    // Rounding put it behind the last one.
    return this.#descend(last, sums[last] as number)
  }

  #descend(from: number, weight: number): number {
    const sums = this.#sums
    let node = from
    let left = weight
    while (node < this.#leaves) {
      node *= 2
      const first = sums[node] as number
      // Rounding must not lead to what weighs nothing.
      if (left < first || sums[node + 1] === 0) continue
      left -= first
      node++
    }
    return node - this.#leaves
  }

  #sumUp(node: number): void {
    const sums = this.#sums
    const heaviest = this.#heaviest
    sums[node] = (sums[2 * node] as number) + (sums[2 * node + 1] as number)
    const first = heaviest[2 * node] as number
    const second = heaviest[2 * node + 1] as number
    heaviest[node] = first > second ? first : second
  }

  #grow(): void {
    const before = this.#leaves
    const sums = this.#sums
    this.#leaves = before * 2
    this.#sums = new Float64Array(2 * this.#leaves)
    this.#heaviest = new Float64Array(2 * this.#leaves)
    this.#sums.set(sums.subarray(before), this.#leaves)
    this.#heaviest.set(sums.subarray(before), this.#leaves)
    for (let node = this.#leaves - 1; node >= 1; node--) this.#sumUp(node)
  }
}
