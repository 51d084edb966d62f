/**
 * What there is to buy. Knows a product for every id, and keeps one back for whoever orders it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '../settings.ts'
import type { Service } from './service.ts'

/** Makes the service. */
export function catalog({ workMs }: Pick<Settings, 'workMs'>): Service {
  let reservations = 0
  return {
    routes: {
      'GET /products/:id': async ({ parameters: { id } }) => {
        await wait(workMs)
        return { status: 200, body: { id, name: `Product ${id}`, cents: 1_999 } }
      },
      'POST /products/:id/reservations': async ({ parameters: { id } }) => {
        await wait(workMs)
        return { status: 201, body: { id: ++reservations, product: id } }
      },
    },
    figures: () => ({ reservations }),
  }
}
