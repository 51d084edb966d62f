/**
 * The few statistics that the figures need: medians, ranges, and how far a median can be trusted.
 */
import type { Random } from '@evenkeel/core'
import { seededRandom } from '@evenkeel/core/testing'

/** A median and the range it was taken from. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Both ends of an interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Linear interpolation between the two nearest values (Hyndman and Fan 1996, type 7). NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((one, other) => one - other)
  const place = (ordered.length - 1) * share
  const low = ordered[Math.floor(place)] ?? Number.NaN
  const high = ordered[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}

/** Median, least and greatest. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** Spreads of several processes as one: the median of their medians, the least and the greatest of all. */
export function joinSpreads(spreads: readonly Spread[]): Spread {
  return {
    median: median(spreads.map((one) => one.median)),
    min: Math.min(...spreads.map(({ min }) => min)),
    max: Math.max(...spreads.map(({ max }) => max)),
  }
}

/**
 * The 95 % interval of a median by the percentile bootstrap (Efron 1979): medians of samples of the same size, drawn with replacement.
 *
 * @param random Seeded, so that the same figures give the same interval.
 */
export function medianInterval(values: readonly number[], random: Random): Interval {
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[random.below(values.length)] as number)),
  )
  return { low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

// The ends of the interval then repeat from seed to seed within the distance of neighbouring values.
const resamples = 10_000

/** A median and how far it can be trusted. */
export interface Estimate extends Interval {
  readonly median: number
}

/** The median with its 95 % interval; the same values give the same interval. */
export function estimate(values: readonly number[]): Estimate {
  return { median: median(values), ...medianInterval(values, seededRandom(bootstrapSeed)) }
}

/** Any number would do: it is fixed so that everybody who has the values gets the same interval. */
const bootstrapSeed = 1

/** Of 9 values the 95 % interval of the median still leaves one out on either side; of fewer it spans nearly all of them. */
export const leastRounds = 9
