/**
 * Load that is the same everywhere: turns a comparing chooser into a drawing one.
 */
import type { Load } from '../load.ts'

/** Always 1. */
export function constant(): Load {
  return { name: 'constant', cost: () => 1 }
}
