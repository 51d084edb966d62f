/**
 * Percentiles by nearest rank.
 */

/** The smallest value that at least `ratio` (0 to 1) of the values do not exceed; NaN for none. */
export function percentile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? Number.NaN
}
