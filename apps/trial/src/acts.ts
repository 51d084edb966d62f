/**
 * Which scenes are played on the same cluster.
 */
import type { Scene } from './scene.ts'

/** Scenes that share a cluster. */
export interface Act {
  readonly flags: NonNullable<Scene['flags']>
  readonly scenes: readonly Scene[]
}

/** One act for all that need nothing, and one for each scene that needs a cluster of its own. */
export function actsOf(chosen: readonly Scene[]): readonly Act[] {
  const shared = chosen.filter(({ flags }) => flags === undefined)
  const own = chosen.flatMap((scene) => (scene.flags === undefined ? [] : [{ flags: scene.flags, scenes: [scene] }]))
  return shared.length === 0 ? own : [{ flags: {}, scenes: shared }, ...own]
}
