/**
 * The default policy: the better of two by latency and calls in flight.
 */
import { invalidOption } from '../../errors.ts'
import type { Kit } from '../../peers/kit.ts'
import { powerOfTwoChooser } from '../chooser/power-of-two.ts'
import { PeakEwma } from '../load/peak-ewma.ts'
import type { Policy } from '../policy.ts'

/** Options of `peakEwma`. */
export interface PeakEwmaOptions {
  /** Time in which a past latency loses 63 % of its weight (Finagle, Linkerd: 10 s). @defaultValue 10000 */
  readonly decayMs?: number
}

/**
 * Power of two choices over failure-aware peak EWMA times calls in flight. Steers around slow, silent and failing peers within a few calls.
 *
 * @example
 * ```ts
 * import { peakEwma, staticEndpoints } from '@evenkeel/core'
 * import { BalancedAgent } from '@evenkeel/http-transport'
 *
 * const resolver = staticEndpoints({ 'user-service': ['10.0.0.1:8080', '10.0.0.2:8080'] })
 * export const agent = new BalancedAgent({ resolver, policies: [peakEwma({ decayMs: 5_000 })] })
 * ```
 */
export function peakEwma(options: PeakEwmaOptions = {}): Policy {
  const { decayMs = 10_000 } = options
  if (!(decayMs > 0)) throw invalidOption('decayMs', decayMs, '> 0')
  const name = `peakEwma(${decayMs})`
  return {
    name,
    open: (kit: Kit) =>
      powerOfTwoChooser(
        kit,
        kit.load(name, () => new PeakEwma(decayMs)),
      ),
  }
}
