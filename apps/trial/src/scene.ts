/**
 * What a scene is.
 */
import type { Ours } from './stage/ours.ts'
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
  /** What our client may lose. A POST that is under way in a crash may be lost, and says so. */
  readonly mayLose: 'nothing' | 'posts-in-flight'
  /** Whether times count, since pods come and leave one by one; many at once leave a small machine no time for anybody. @defaultValue false */
  readonly isTimed?: boolean | undefined
  /** Flags of the cluster that it needs for itself. @defaultValue it is played on the cluster that all share */
  readonly flags?: Flags | undefined
  /** Resolves when all is as it was before. @returns from when on losses count; undefined: from the beginning */
  run(stage: Stage, ours: Ours, lengths: Lengths): Promise<number | undefined>
}
