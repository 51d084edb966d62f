/**
 * Who our client is, and what it may.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'

// Long enough for more than one attempt with the old token.
const withoutMs = 3_000

/** Like a token that was rotated late. */
export const tokenRevoked: Scene = {
  name: 'token-revoked',
  says: 'the token is revoked and the connection cut; the new token is there some seconds later; then a rollout',
  mayLose: 'nothing',
  run: async (stage, ours) => {
    const token = await stage.revokeToken()
    await stage.restartServer()
    await ours.until(({ error }) => error?.code === 'EVENKEEL_DISCOVERY_UNAUTHORIZED', 'our client knows')
    await wait(withoutMs)
    stage.token = token
    await ours.until(({ phase, error }) => phase === 'live' && error === undefined, 'it gets on')
    await stage.restart()
    return undefined
  },
}

/** Somebody tidies up too much, and repairs it. */
export const bindingRemoved: Scene = {
  name: 'binding-removed',
  says: 'the RoleBinding is removed and the connection cut; it is restored some seconds later; then a rollout',
  mayLose: 'nothing',
  run: async (stage, ours) => {
    await stage.forbid()
    await stage.restartServer()
    await ours.until(({ error }) => error?.code === 'EVENKEEL_DISCOVERY_FORBIDDEN', 'our client knows')
    await stage.allow()
    await ours.until(({ phase, error }) => phase === 'live' && error === undefined, 'it gets on')
    await stage.restart()
    return undefined
  },
}
