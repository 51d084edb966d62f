/**
 * Turns by weight.
 */
import { weightedRoundRobinChooser } from '../chooser/weighted-round-robin.ts'
import type { Policy } from '../policy.ts'

/** Turns in proportion to endpoint weights, spread evenly over the round. Blind to load. */
export function weightedRoundRobin(): Policy {
  return { name: 'weightedRoundRobin', open: weightedRoundRobinChooser }
}
