/**
 * What customers see: a page is made of a user and a product, an order goes to both. A failed call is a 502 that says whose.
 */
import type { Upstreams } from '@evenkeel/core'
import type { Answer } from '../serving/routes.ts'
import type { Settings } from '../settings.ts'
import { backend, CallFailed } from './backends.ts'
import { catalogClient } from './balance.ts'
import { CallCounts } from './call-counts.ts'
import { catalogBackend } from './catalog-backend.ts'
import type { Service } from './service.ts'

/** Makes the service. @param services for calls by gRPC that are balanced; calls by HTTP go wherever the global dispatcher sends them */
export function storefront(
  settings: Pick<Settings, 'usersUrl' | 'catalogAddress' | 'callMs'>,
  services?: Upstreams,
): Service {
  const { usersUrl, catalogAddress, callMs } = settings
  const counts = { users: new CallCounts(), catalog: new CallCounts() }
  const users = backend('users', usersUrl, callMs, counts.users)
  const catalog = catalogBackend(catalogClient(catalogAddress, services), callMs, counts.catalog)
  return {
    routes: {
      'GET /users/:user/products/:product': ({ parameters: { user, product = '' } }) =>
        orBadGateway(async () => {
          const [shown, wanted] = await Promise.all([users.get(`/users/${user}`), catalog.product(product)])
          return { status: 200, body: { user: shown, product: wanted } }
        }),
      'POST /users/:user/products/:product/orders': ({ parameters: { user = '', product = '' } }) =>
        orBadGateway(async () => {
          // One after the other: nobody is noted as a buyer of what is not there.
          const reservation = await catalog.reserve(product, user)
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
