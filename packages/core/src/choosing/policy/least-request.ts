/**
 * Fewest calls in flight.
 */
import { invalidOption } from '../../errors.ts'
import type { Kit } from '../../peers/kit.ts'
import { leastLoadedChooser } from '../chooser/least-loaded.ts'
import { powerOfTwoChooser } from '../chooser/power-of-two.ts'
import { pending } from '../load/pending.ts'
import type { Policy } from '../policy.ts'

/** Options of `leastRequest`. */
export interface LeastRequestOptions {
  /** `two`: the better of two drawn, flat in the number of peers. `all`: the best of all, linear in it. @defaultValue 'two' */
  readonly compare?: 'two' | 'all'
}

/**
 * Fewest calls in flight per weight (gRFC A48 without its draw with replacement).
 *
 * @example
 * ```ts
 * import { leastRequest, staticEndpoints } from '@evenkeel/core'
 * import { BalancedAgent } from '@evenkeel/http-transport'
 *
 * const resolver = staticEndpoints({ 'user-service': ['10.0.0.1:8080', '10.0.0.2:8080'] })
 * export const agent = new BalancedAgent({ resolver, policies: [leastRequest({ compare: 'all' })] })
 * ```
 */
export function leastRequest(options: LeastRequestOptions = {}): Policy {
  const { compare = 'two' } = options
  if (compare !== 'two' && compare !== 'all') throw invalidOption('compare', compare, "'two' or 'all'")
  const make = compare === 'two' ? powerOfTwoChooser : leastLoadedChooser
  return { name: `leastRequest(${compare})`, open: (kit: Kit) => make(kit, kit.load('pending', pending)) }
}
