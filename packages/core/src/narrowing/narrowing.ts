/**
 * A stage that passes on fewer peers, or the same with other shares: zone and subset rules. One file each, opened per balancer.
 */
import type { Clock } from '../clock.ts'
import type { Stage } from './stage.ts'

/** Where this process runs, as far as it knows. */
export interface Self {
  readonly zone: string | undefined
  readonly node: string | undefined
  readonly uid: string | undefined
}

/** What a narrowing may read besides the peers that it hears of. */
export interface World {
  readonly clock: Clock
  readonly self: Self
}

/** Makes a stage in front of `next`. A pure reference function stands beside each; after any history both give the same members and shares. */
export interface Narrowing {
  readonly name: string
  /** True only for fail-closed rules; any other passes everything on rather than nothing. */
  readonly mayLeaveNothing: boolean
  open(next: Stage, world: World): Stage & Disposable
}
