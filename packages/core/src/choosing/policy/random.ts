/**
 * A draw.
 */
import { randomChooser } from '../chooser/random.ts'
import type { Policy } from '../policy.ts'

/** Drawn by weight. Blind to load. */
export function random(): Policy {
  return { name: 'random', open: randomChooser }
}
