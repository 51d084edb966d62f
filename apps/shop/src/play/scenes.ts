/**
 * What is done to the shop while customers come, one thing after another.
 */
import type { ChangeSeconds, Stage } from './cluster/stage.ts'

/** A scene of the play. */
export interface Scene {
  /** In kebab-case. */
  readonly name: string
  /** One line for those who look on. */
  readonly says: string
  /** Resolves when the change is complete; undefined if nothing is changed. */
  run(stage: Pick<Stage, 'restart' | 'scale'>): Promise<ChangeSeconds | undefined>
}

/** In the order in which they are played. */
export const scenes: readonly Scene[] = [
  { name: 'steady', says: 'nothing changes', run: async () => undefined },
  {
    name: 'users-rollout',
    says: 'kubectl rollout restart deployment/users',
    run: (stage) => stage.restart('users'),
  },
  {
    name: 'storefront-rollout',
    says: 'kubectl rollout restart deployment/storefront',
    run: (stage) => stage.restart('storefront'),
  },
  { name: 'users-up', says: 'kubectl scale deployment/users --replicas=8', run: (stage) => stage.scale('users', 8) },
  { name: 'users-down', says: 'kubectl scale deployment/users --replicas=4', run: (stage) => stage.scale('users', 4) },
]
