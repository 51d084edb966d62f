/**
 * How many draws a claim about a share needs: derived, not guessed.
 */

// Five standard deviations, squared: a right policy fails one check in 1.7 million.
const sigmasSquared = 25
// The formula speaks of the binomial's normal shape, which small samples do not have yet.
const atLeast = 1_000

/** Draws after which a share of expectation `p` lies within `tolerance` of it (grpc-go's weighted round robin tests). */
export function sampleSize(p: number, tolerance: number): number {
  return Math.ceil((p * (1 - p) * sigmasSquared) / tolerance ** 2) + atLeast
}
