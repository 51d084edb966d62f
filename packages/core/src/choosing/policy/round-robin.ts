/**
 * Equal turns.
 */
import { roundRobinChooser } from '../chooser/round-robin.ts'
import type { Policy } from '../policy.ts'

/** Each open peer in turn, from a random start. Blind to load: for peers and calls that are all alike. */
export function roundRobin(): Policy {
  return { name: 'roundRobin', open: roundRobinChooser }
}
