/**
 * Servers that send every connection away after a second, as those behind load balancers do after minutes: a storm of GOAWAY.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scene } from '../scene.ts'

// Four pods, one connection of each client to each: a GOAWAY every quarter of a second for each client.
const mostAgeMs = 1_000
const stormMs = 20_000

/** Two rollouts around it, since that is how servers get an option. */
export const connectionAge: Scene = {
  name: 'connection-age',
  says: 'for 20 s every connection to a pod gets a GOAWAY after a second',
  mayLose: 'nothing',
  run: async (stage) => {
    await stage.environment('CONNECTION_AGE_MS', `${mostAgeMs}`)
    await wait(stormMs)
    await stage.environment('CONNECTION_AGE_MS', undefined)
    return undefined
  },
}
