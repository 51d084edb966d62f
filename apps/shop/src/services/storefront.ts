/**
 * What customers see: a page is made of a user and a product, an order goes to both. A failed call is a 502 that says whose.
 */
import type { Answer } from '../serving/routes.ts'
import type { Settings } from '../settings.ts'
import { backend, CallFailed } from './backends.ts'
import { CallCounts } from './call-counts.ts'
import type { Service } from './service.ts'

/** Makes the service. */
export function storefront(settings: Pick<Settings, 'usersUrl' | 'catalogUrl' | 'callMs'>): Service {
  const counts = { users: new CallCounts(), catalog: new CallCounts() }
  const users = backend('users', settings.usersUrl, settings.callMs, counts.users)
  const catalog = backend('catalog', settings.catalogUrl, settings.callMs, counts.catalog)
  return {
    routes: {
      'GET /users/:user/products/:product': ({ parameters: { user, product } }) =>
        orBadGateway(async () => {
          const [shown, wanted] = await Promise.all([users.get(`/users/${user}`), catalog.get(`/products/${product}`)])
          return { status: 200, body: { user: shown, product: wanted } }
        }),
      'POST /users/:user/products/:product/orders': ({ parameters: { user, product } }) =>
        orBadGateway(async () => {
          // One after the other: nobody is noted as a buyer of what is not there.
          const reservation = await catalog.post(`/products/${product}/reservations`, { user })
          const order = await users.post(`/users/${user}/orders`, { product, reservation: reservation.id })
          return { status: 201, body: { reservation, user: order } }
        }),
    },
    figures: () => ({ backends: { users: counts.users.figures(), catalog: counts.catalog.figures() } }),
  }
}

async function orBadGateway(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { status: 502, body: { failed: { backend: error.backend, code: error.code } } }
  }
}
