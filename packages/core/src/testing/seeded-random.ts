/**
 * Chance that repeats: the same seed gives the same numbers on every version of Node.
 */
import type { Random } from '../index.ts'

/**
 * sfc32 (Chris Doty-Humphrey's PractRand), filled from the seed by splitmix32. Integer arithmetic only, as `Math.exp` and `**` differ
 * between versions of Node in the last bit; the division by 2^32 is exact.
 * @param seed A whole number; its lower 32 bits count.
 */
export function seededRandom(seed: number): Random {
  let mixed = seed | 0
  const fill = () => {
    mixed = (mixed + 0x9e3779b9) | 0
    let z = mixed ^ (mixed >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = fill()
  let b = fill()
  let c = fill()
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  return { next, below: (n: number) => Math.floor(next() * n) }
}
