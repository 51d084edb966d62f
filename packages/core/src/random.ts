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

/** The process's own source (`Math.random`): good enough for balancing, never for secrets. */
export const systemRandom: Random = {
  next: () => Math.random(),
  below: (n: number) => Math.floor(Math.random() * n),
}
