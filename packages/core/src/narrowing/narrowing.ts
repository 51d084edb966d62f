/**
 * A stage that passes on fewer peers, or the same with other shares: zone and subset rules. One file each, opened per balancer.
 */
import type { Clock } from '../clock.ts'
import type { Stage } from './stage.ts'

/** Where this process runs, as far as it knows. */
export interface Self {
  /** The zone of this process, when known. */
  readonly zone: string | undefined
  /** The node of this process, when known. */
  readonly node: string | undefined
  /** What tells this process from its replicas: the UID of its pod, when known. */
  readonly uid: string | undefined
}

/** What a narrowing may read besides the peers that it hears of. */
export interface World {
  /** The upstream's; real time is read nowhere else. */
  readonly clock: Clock
  /** Where this process runs. */
  readonly self: Self
}

/** Makes a stage in front of `next`. A pure reference function stands beside each; after any history both give the same members and shares. */
export interface Narrowing {
  /** Includes its parameters. */
  readonly name: string
  /** True only for fail-closed rules; any other passes everything on rather than nothing. */
  readonly mayLeaveNothing: boolean
  /** Makes the stage of one balancer; disposing it lets go of timers. */
  open(next: Stage, world: World): Stage & Disposable
}
