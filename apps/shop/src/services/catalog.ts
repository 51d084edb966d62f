/**
 * What there is to buy. Knows a product for every id, and keeps one back for whoever orders it; by HTTP and by gRPC alike.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '../settings.ts'
import { catalogService } from './catalog-stub.ts'
import type { Service } from './service.ts'

/** Makes the service. */
export function catalog({ workMs }: Pick<Settings, 'workMs'>): Service {
  let reservations = 0
  const product = async (id: string) => {
    await wait(workMs)
    return { id, name: `Product ${id}`, cents: 1_999 }
  }
  const reserve = async (id: string) => {
    await wait(workMs)
    return { id: ++reservations, product: id }
  }
  return {
    routes: {
      'GET /products/:id': async ({ parameters: { id = '' } }) => ({ status: 200, body: await product(id) }),
      'POST /products/:id/reservations': async ({ parameters: { id = '' } }) => ({
        status: 201,
        body: await reserve(id),
      }),
    },
    calls: {
      definition: catalogService,
      methods: { GetProduct: ({ id }) => product(id as string), ReserveProduct: ({ id }) => reserve(id as string) },
    },
    figures: () => ({ reservations }),
  }
}
