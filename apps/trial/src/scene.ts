/**
 * What a scene is.
 */
import type { Discovery } from './stage/discovery.ts'
import type { Flags, Stage } from './stage/stage.ts'

/** How long scenes are. */
export interface Lengths {
  /** How often everything is rolled out. */
  readonly rollouts: number
  /** For how long there is no API server. */
  readonly outageSeconds: number
}

/** Something that happens to the cluster. */
export interface Scene {
  /** In kebab-case. */
  readonly name: string
  /** One line for those who look on. */
  readonly says: string
  /** What our client may lose. What is under way in a crash may be lost, unless it may be sent again: nobody can know whether it was processed. */
  readonly mayLose: 'nothing' | 'in-flight'
  /** Whether times count, since pods come and leave one by one; many at once leave a small machine no time for anybody. @defaultValue false */
  readonly isTimed?: boolean | undefined
  /** Whether several pods come at once, and every one of them has to get requests within a second. @defaultValue false */
  readonly bringsMany?: boolean | undefined
  /** Flags of the cluster that it needs for itself. @defaultValue it is played on the cluster that all share */
  readonly flags?: Flags | undefined
  /** Resolves when all is as it was before. @returns from when on losses count; undefined: from the beginning */
  run(stage: Stage, ours: Discovery, lengths: Lengths): Promise<number | undefined>
}
