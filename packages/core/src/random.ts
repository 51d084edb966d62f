/**
 * Chance, as everything in evenkeel sees it: passed in like the clock. Same seed, same picks.
 */

/** A source of random numbers. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, n), for n >= 1. */
  below(n: number): number
}

/**
 * The process's own source: good enough for balancing, never for secrets.
 *
 * Starts from `Math.random`, which is not asked again: V8 returns its numbers in boxes of 16 bytes, two of them for a choice between two.
 */
export const systemRandom: Random = startedByChance()

/** xorshift128 (Marsaglia 2003): period 2^128 - 1, whole numbers in a typed array, so that nothing is allocated. */
function startedByChance(): Random {
  const state = Uint32Array.from({ length: 4 }, () => Math.random() * 4_294_967_296)
  // All zero is the one state that it never leaves.
  if (state.every((word) => word === 0)) state[0] = 1
  const draw = (): number => {
    let mixed = state[3] as number
    const first = state[0] as number
    state[3] = state[2] as number
    state[2] = state[1] as number
    state[1] = first
    mixed ^= mixed << 11
    mixed ^= mixed >>> 8
    mixed ^= first ^ (first >>> 19)
    state[0] = mixed
    return mixed >>> 0
  }
  return { next: () => draw() / 4_294_967_296, below: (n: number) => Math.floor((draw() / 4_294_967_296) * n) }
}
