/**
 * A named composition of a load and a chooser: what users meet first. The members stand in `policy/`.
 */
import type { Kit } from '../peers/kit.ts'
import type { Chooser } from './chooser.ts'

/** Opened once per balancer. */
export interface Policy {
  /** Includes its parameters: `peakEwma(10000)`. `Call.policy` names it. */
  readonly name: string
  /** Makes the chooser of one balancer. */
  open(kit: Kit): Chooser
}
