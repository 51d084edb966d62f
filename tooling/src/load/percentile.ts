/**
 * Percentiles by nearest rank.
 */

/** The smallest value that at least `ratio` (0 to 1) of the values do not exceed; NaN for none. */
export function percentile(values: readonly number[], ratio: number): number {
  const ordered = Float64Array.from(values).sort()
  return ordered[Math.max(0, Math.ceil(ratio * ordered.length) - 1)] ?? Number.NaN
}

/** Tenths; more is noise, and JSON knows no NaN. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : null
}
