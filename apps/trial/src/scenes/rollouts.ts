/**
 * Pods that come and leave in order.
 */
import type { Scene } from '../scene.ts'
import { replicas } from '../stage/stage.ts'

async function restartOften(...[stage, , { rollouts }]: Parameters<Scene['run']>): Promise<undefined> {
  for (let done = 0; done < rollouts; done++) await stage.restart()
}

/** The everyday one. */
export const rollout: Scene = {
  name: 'rollout',
  says: 'kubectl rollout restart, again and again',
  mayLose: 'nothing',
  isTimed: true,
  run: restartOften,
}

/** With an API server that has no streaming lists. */
export const watchListOff: Scene = {
  name: 'watch-list-off',
  says: 'a rollout, on an API server without the feature WatchList',
  mayLose: 'nothing',
  isTimed: true,
  flags: { 'kube-apiserver': ['--feature-gates=WatchList=false'] },
  run: (stage, ours, lengths) => restartOften(stage, ours, { ...lengths, rollouts: 1 }),
}

/** Three times as many, and a sixth of them. */
export const scaling: Scene = {
  name: 'scaling',
  says: 'kubectl scale: 4, 12, 2, and 4 again',
  mayLose: 'nothing',
  run: async (stage) => {
    for (const wanted of [12, 2, replicas]) await stage.scale(wanted)
    return undefined
  },
}
