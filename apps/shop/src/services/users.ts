/**
 * Who buys. Knows a user for every id, and notes what they ordered.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '../settings.ts'
import type { Service } from './service.ts'

/** Makes the service. */
export function users({ workMs }: Pick<Settings, 'workMs'>): Service {
  let orders = 0
  return {
    routes: {
      'GET /users/:id': async ({ parameters: { id } }) => {
        await wait(workMs)
        return { status: 200, body: { id, name: `User ${id}` } }
      },
      'POST /users/:id/orders': async ({ parameters: { id }, body }) => {
        await wait(workMs)
        return { status: 201, body: { id: ++orders, user: id, order: body } }
      },
    },
    figures: () => ({ orders }),
  }
}
